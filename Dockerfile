# One image for order, inventory, console and their migrations: the command says which (docker-compose.yml).
# Everything is plain JavaScript, so the same file builds for x64 and arm64.
FROM node:24.21.0-bookworm-slim AS manifests
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
COPY libs/contracts/package.json libs/contracts/
COPY libs/idempotency/package.json libs/idempotency/
COPY libs/kafka/package.json libs/kafka/
COPY libs/outbox/package.json libs/outbox/
COPY libs/parking/package.json libs/parking/
COPY libs/service/package.json libs/service/
COPY apps/console/package.json apps/console/
COPY apps/inventory/package.json apps/inventory/
COPY apps/order/package.json apps/order/
COPY tools/bench/package.json tools/bench/
COPY tools/compare/package.json tools/compare/
COPY tools/compose/package.json tools/compose/
COPY tools/demo/package.json tools/demo/
COPY tools/operator/package.json tools/operator/
COPY tools/platform/package.json tools/platform/
COPY tools/reconcile/package.json tools/reconcile/
COPY tools/saga/package.json tools/saga/
COPY tools/stack/package.json tools/stack/
COPY tools/torture/package.json tools/torture/
COPY tools/workshop/package.json tools/workshop/
COPY e2e/package.json e2e/
COPY examples/payment/package.json examples/payment/
COPY spec/package.json spec/

FROM manifests AS build
ENV NX_DAEMON=false
RUN npm ci --no-audit
COPY nx.json tsconfig.base.json ./
COPY libs libs
COPY apps apps
COPY tools tools
RUN npx nx run-many -t build -p @semel/order,@semel/inventory,@semel/console,@semel/stack,@semel/operator
# Only what runs: compiled rooms, without sources and specs, and without what a demonstration breaks the shop with.
RUN for room in libs/* apps/* tools/stack tools/operator; do mkdir -p "/built/$room" && cp -R "$room/dist" "/built/$room/"; done \
    && rm -r /built/apps/console/dist/public-demo /built/tools/stack/dist/control

FROM manifests AS production
# Optional packages are native builds for tools (PostgreSQL's binaries among them); no service needs one.
RUN npm ci --no-audit --omit=dev --omit=optional --ignore-scripts \
    -w @semel/order -w @semel/inventory -w @semel/console -w @semel/stack -w @semel/operator

FROM node:24.21.0-bookworm-slim
ENV NODE_ENV=production \
    HOST=0.0.0.0 \
    PORT=3000 \
    LOG_FORMAT=json
WORKDIR /app
COPY --from=production /app ./
COPY --from=build /built ./
COPY deploy/image deploy/image
RUN for name in console keys make-keys outbox parked token topics; do ln -s "/app/deploy/image/$name.mjs" "/usr/local/bin/$name"; done
# A named volume mounted here takes over this ownership, so that the unprivileged user can write the demo key.
RUN install -d -o node -g node -m 0700 /keys
USER node
HEALTHCHECK --interval=5s --timeout=3s --start-period=30s --retries=6 CMD ["node", "/app/deploy/image/healthy.mjs"]
CMD ["node", "apps/order/dist/main.js"]
