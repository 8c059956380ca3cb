// What one would write by hand with npm: fastify in front of onnxruntime-node, for one model.
//
//   node server.mjs MODEL.onnx LABELS.txt
//
// Takes the same requests as Paragon (Open Inference Protocol, one UINT8 picture as a binary tensor or in JSON),
// prepares the picture in the same way (anti-aliased bilinear to 28 x 28, grey, normalised), and answers with the five
// best labels. It chooses nothing, meters nothing and checks little: less work than what it is compared with.
// Writes `listening on http://127.0.0.1:PORT` once it answers.
import { readFileSync } from 'node:fs';
import fastify from 'fastify';
import * as ort from 'onnxruntime-node';

const [model, labelsFile] = process.argv.slice(2);
const labels = readFileSync(labelsFile, 'utf8').trim().split('\n');
const SIDE = 28;
const MEAN = 72.93;
const STD = 90.015;
const session = await ort.InferenceSession.create(model, { intraOpNumThreads: 1, interOpNumThreads: 1 });
const inputName = session.inputNames[0];
const outputName = session.outputNames[0];

// For each of `to` pixels the first of `from` that it reads and their weights: a triangle as wide as the reduction.
const filters = new Map();
function filter(from, to) {
  const key = from * 65536 + to;
  let known = filters.get(key);
  if (known) return known;
  const scale = from / to;
  const support = Math.max(1, scale);
  known = [];
  for (let i = 0; i < to; i++) {
    const center = (i + 0.5) * scale;
    const begin = Math.max(0, Math.floor(center - support + 0.5));
    const end = Math.min(from, Math.floor(center + support + 0.5));
    const weights = [];
    let sum = 0;
    for (let j = begin; j < end; j++) {
      const w = Math.max(0, 1 - Math.abs((j + 0.5 - center) / support));
      weights.push(w);
      sum += w;
    }
    known.push({ begin, weights: Float64Array.from(weights, (w) => w / sum) });
  }
  filters.set(key, known);
  return known;
}

function prepare(pixels, height, width) {
  const grey = new Float64Array(height * width);
  for (let i = 0; i < grey.length; i++) {
    grey[i] = (299 * pixels[3 * i] + 587 * pixels[3 * i + 1] + 114 * pixels[3 * i + 2]) / 1000;
  }
  const across = filter(width, SIDE);
  const narrow = new Float64Array(height * SIDE);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < SIDE; x++) {
      const { begin, weights } = across[x];
      let sum = 0;
      for (let k = 0; k < weights.length; k++) sum += weights[k] * grey[y * width + begin + k];
      narrow[y * SIDE + x] = sum;
    }
  }
  const down = filter(height, SIDE);
  const out = new Float32Array(SIDE * SIDE);
  for (let y = 0; y < SIDE; y++) {
    const { begin, weights } = down[y];
    for (let x = 0; x < SIDE; x++) {
      let sum = 0;
      for (let k = 0; k < weights.length; k++) sum += weights[k] * narrow[(begin + k) * SIDE + x];
      out[y * SIDE + x] = (Math.round(sum) - MEAN) / STD;
    }
  }
  return out;
}

async function answer(head, pixels) {
  const [height, width] = head.inputs[0].shape.slice(-3);
  const input = new ort.Tensor('float32', prepare(pixels, height, width), [1, 1, SIDE, SIDE]);
  const scores = (await session.run({ [inputName]: input }))[outputName].data;
  const best = Array.from(scores.keys()).sort((a, b) => scores[b] - scores[a]).slice(0, 5);
  return {
    model_name: 'garment_xs',
    model_version: '1',
    id: head.id,
    outputs: [
      { name: 'labels', shape: [1, 5], datatype: 'BYTES', data: best.map((i) => labels[i]) },
      { name: 'scores', shape: [1, 5], datatype: 'FP32', data: best.map((i) => scores[i]) },
    ],
  };
}

const app = fastify({ logger: false });
app.addContentTypeParser('application/octet-stream', { parseAs: 'buffer' }, (request, body, done) => done(null, body));
app.post('/v2/models/garment-classification/infer', (request) => {
  const length = Number(request.headers['inference-header-content-length'] ?? 0);
  if (length === 0) return answer(request.body, request.body.inputs[0].data);
  const head = JSON.parse(request.body.toString('utf8', 0, length));
  return answer(head, request.body.subarray(length));
});
process.on('SIGTERM', () => process.exit(0));
await app.listen({ host: '127.0.0.1', port: 0 });
console.log(`listening on http://127.0.0.1:${app.server.address().port}`);
