// Builds what podium serves into dist/, or with --tests the unit tests into build/test/. Same sources, same bytes: dist/ is
// committed, and CI compares.
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import zlib from 'node:zlib';
import esbuild from 'esbuild';

const here = path.dirname(fileURLToPath(import.meta.url));
const from = (...parts) => path.join(here, ...parts);
const hash = (text, n = 10) => createHash('sha256').update(text).digest('hex').slice(0, n);

function sources(folder) {
  return fs.readdirSync(folder, { withFileTypes: true })
    .flatMap((e) => (e.isDirectory() ? sources(path.join(folder, e.name)) : [path.join(folder, e.name)])).sort();
}

// Names the element when a page has another version of it already.
const version = hash(sources(from('src')).map((f) => fs.readFileSync(f, 'utf8')).join('\0'), 8);

const common = {
  absWorkingDir: here, bundle: true, write: false, format: 'esm', target: 'es2022', charset: 'utf8', legalComments: 'none',
  define: { VERSION: JSON.stringify(version) }, logLevel: 'warning',
};

function minifiedCss() {
  // The sheet in style.ts is a text to esbuild: its white space is taken out here.
  return {
    name: 'css-in-text',
    setup(build) {
      build.onLoad({ filter: /grid[\\/]style\.ts$/ }, (args) => ({
        contents: fs.readFileSync(args.path, 'utf8').replace(/(`\n)([^`]*)(`;)/, (_, a, css) => '`' + css.replace(/\s*\n\s*/g, '') + '`;'),
        loader: 'ts',
      }));
    },
  };
}

async function bundle(entry) {
  const result = await esbuild.build({ ...common, entryPoints: [entry], minify: true, mangleProps: /_$/, plugins: [minifiedCss()] });
  return result.outputFiles[0].text;
}

if (process.argv.includes('--tests')) {
  fs.rmSync(from('build/test'), { recursive: true, force: true });
  const entries = fs.readdirSync(from('test')).filter((f) => f.endsWith('.test.ts')).map((f) => 'test/' + f);
  await esbuild.build({ ...common, write: true, entryPoints: entries, platform: 'node', packages: 'external', outdir: 'build/test', outExtension: { '.js': '.mjs' } });
} else {
  const dist = from('dist');
  fs.rmSync(dist, { recursive: true, force: true });
  fs.mkdirSync(dist);
  const elements = await bundle('src/elements.ts');
  const app = await bundle('src/page/app.ts');
  const css = (await esbuild.transform(fs.readFileSync(from('src/page/app.css'), 'utf8'), { loader: 'css', minify: true, charset: 'utf8' })).code;
  const files = { 'podium-elements.js': elements, [`app-${hash(app)}.js`]: app, [`app-${hash(css)}.css`]: css };
  const named = Object.keys(files);
  files['index.html'] = fs.readFileSync(from('src/page/index.html'), 'utf8').replaceAll('app.css', named[2]).replaceAll('app.js', named[1]);
  for (const [name, text] of Object.entries(files)) fs.writeFileSync(path.join(dist, name), text);
  fs.writeFileSync(path.join(dist, 'manifest.json'), JSON.stringify({ version, files: Object.keys(files).sort() }, null, 2) + '\n');
  for (const [name, text] of Object.entries(files))
    console.log(`${name}: ${text.length} bytes, ${zlib.gzipSync(text, { level: 9 }).length} gz`);
}
