#!/bin/bash
# As the kafka image: KAFKA_SOME_NAME is the property some.name; formats an empty log directory for CLUSTER_ID; then serves.
set -euo pipefail
properties=/opt/kafka/config/server.properties
env | while IFS='=' read -r name value; do
  case $name in
    KAFKA_HEAP_OPTS) ;;
    KAFKA_*)
      name=${name#KAFKA_}
      name=${name,,}
      printf '%s=%s\n' "${name//_/.}" "$value"
      ;;
  esac
done > "$properties"

java -Xmx96m -XX:TieredStopAtLevel=1 -cp '/opt/kafka/libs/*' kafka.tools.StorageTool format \
  --cluster-id "$CLUSTER_ID" --config "$properties" --ignore-formatted
# KAFKA_HEAP_OPTS holds several words.
# shellcheck disable=SC2086
exec java ${KAFKA_HEAP_OPTS:-} -XX:+UseSerialGC -cp '/opt/kafka/libs/*' kafka.Kafka "$properties"
