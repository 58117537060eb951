import { register } from 'node:module';

// Loaded with --import before a service: what Node loads from then on has the bug that PLANT names.
register('./planting-loader.js', import.meta.url, { data: process.env.PLANT });
