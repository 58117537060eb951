// The image's health check: ready means that the service reaches its database and Kafka and takes requests.
const answer = await fetch(`http://127.0.0.1:${process.env.PORT}/health/ready`);
process.exit(answer.ok ? 0 : 1);
