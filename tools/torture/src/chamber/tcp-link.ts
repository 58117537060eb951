export { TcpLink } from '@semel/platform';
