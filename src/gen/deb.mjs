// Makes the Debian package: `npm run deb [-- FOLDER]`. Needs dpkg-deb, strip, what `npm run build` has made and the prebuilt
// native core (`node src/native/install.mjs --prebuild`). The package is put together in a temporary folder; the rules
// of its installation are the files in src/gen/debian. Prints the path of the package.
// oxlint-disable-next-line no-restricted-imports -- runs while building, never in the daemon
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

const root = fileURLToPath(new URL('../..', import.meta.url));
const { name, version, description } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const platform = `${process.platform}-${process.arch}`;
const ARCHITECTURES = {
  x64: 'amd64',
  arm64: 'arm64',
  arm: 'armhf',
  ia32: 'i386',
  ppc64: 'ppc64el',
  s390x: 's390x',
  riscv64: 'riscv64',
};
const architecture = ARCHITECTURES[process.arch] ?? process.arch;
const HOME = `usr/lib/${name}`;
const DOC = `usr/share/doc/${name}`;
const MAINTAINER = `${name} maintainers <maintainers@${name}.invalid>`;

const stage = mkdtempSync(join(tmpdir(), `${name}-deb-`));
const core = join(root, 'prebuilds', platform, `${name}.node`);
if (!existsSync(core) || !existsSync(join(root, 'dist'))) {
  throw new Error('first: npm run build && node src/native/install.mjs --prebuild');
}

chmodSync(stage, 0o755);
program();
service();
documents();
completions();
control();
const target = resolve(process.argv[2] ?? join(root, 'build', 'deb'));
mkdirSync(target, { recursive: true });
const file = join(target, `${name}_${version}_${architecture}.deb`);
execFileSync('dpkg-deb', ['--root-owner-group', '-Zxz', '--build', stage, file], {
  stdio: ['ignore', 'ignore', 'inherit'],
});
rmSync(stage, { recursive: true });
console.log(file);

/** The bundle, the native core and what the program itself looks for beside it. */
function program() {
  cpSync(join(root, 'dist'), path(`${HOME}/dist`), { recursive: true, filter: (from) => basename(from) !== 'gen.js' });
  const installed = `${HOME}/prebuilds/${platform}/${name}.node`;
  put(installed, readFileSync(core));
  execFileSync('strip', ['--strip-unneeded', path(installed)]);
  put(`${HOME}/etc/demo.conf`, source('etc/demo.conf'));
  // The daemon's log lines carry the name by which it was started: this is the one that fail2ban, logwatch and rsyslog look for.
  symlinkSync(`dist/${name}.js`, path(`${HOME}/xinetd`));
  for (const place of ['usr/bin', 'usr/sbin']) {
    mkdirSync(path(place), { recursive: true });
    symlinkSync(`../lib/${name}/dist/${name}.js`, path(`${place}/${name}`));
  }
}

function service() {
  put(`usr/lib/systemd/system/${name}.service`, source(`etc/${name}.service`));
  put(`usr/lib/systemd/system/${name}.service.d/options.conf`, rule('options.conf'));
  put(`etc/init.d/${name}`, rule(`${name}.init`), 0o755);
  put(`etc/default/${name}`, rule(`${name}.default`));
  put(`usr/share/${name}/xinetd.conf`, source('etc/xinetd.conf'));
}

function documents() {
  for (const page of readdirSync(join(root, 'docs/man'))) {
    put(`usr/share/man/man${page.slice(-1)}/${page}.gz`, zipped(source(`docs/man/${page}`)));
  }
  put(`${DOC}/changelog.gz`, zipped(changelog()));
  put(`${DOC}/CHANGELOG.md`, source('CHANGELOG.md'));
  put(`${DOC}/copyright`, copyright());
  for (const page of readdirSync(join(root, 'docs')).filter((each) => each.endsWith('.md'))) {
    put(`${DOC}/${page}`, source(`docs/${page}`));
  }
  cpSync(join(root, 'etc/xinetd.d'), path(`${DOC}/examples/xinetd.d`), { recursive: true });
  for (const each of readdirSync(join(root, 'etc')).filter((entry) => entry.endsWith('.conf'))) {
    put(`${DOC}/examples/${each}`, source(`etc/${each}`));
  }
}

function completions() {
  const from = join(root, 'etc/completion');
  put(`usr/share/bash-completion/completions/${name}`, readFileSync(join(from, `${name}.bash`)));
  put(`usr/share/zsh/vendor-completions/_${name}`, readFileSync(join(from, `_${name}`)));
  put(`usr/share/fish/vendor_completions.d/${name}.fish`, readFileSync(join(from, `${name}.fish`)));
}

function control() {
  const installed = Math.ceil(files().reduce((sum, each) => sum + statSync(path(each)).size, 0) / 1024);
  const fields = {
    Package: name,
    Version: version,
    Architecture: architecture,
    Maintainer: MAINTAINER,
    'Installed-Size': installed,
    Depends: `libc6 (>= ${glibcVersion()}), init-system-helpers (>= 1.54~), sysvinit-utils (>= 3.05~)`,
    Recommends: 'nodejs (>= 20.19), netbase',
    Suggests: 'rpcbind, logrotate',
    Provides: 'inet-superserver',
    Conflicts: 'inet-superserver, xinetd',
    Replaces: 'inet-superserver, xinetd',
    Section: 'net',
    Priority: 'optional',
    Description: `${description}\n It listens on every port you name and starts the right program only when\n somebody connects, after it has checked who they are, how many they are and\n what time it is. It reads the files of xinetd, and of inetd.\n .\n Node.js 20.19 or later must be there as "node", from whatever source.`,
  };
  const text = Object.entries(fields).map(([field, value]) => `${field}: ${value}\n`);
  const sums = files().map(
    (each) =>
      `${createHash('md5')
        .update(readFileSync(path(each)))
        .digest('hex')}  ${each}\n`,
  );
  const md5 = createHash('md5').update(source('etc/xinetd.conf')).digest('hex');
  put('DEBIAN/control', text.join(''));
  put('DEBIAN/conffiles', `/etc/init.d/${name}\n/etc/default/${name}\n`);
  put('DEBIAN/md5sums', sums.filter((line) => !line.includes('  etc/')).join(''));
  for (const script of ['preinst', 'postinst', 'prerm', 'postrm']) {
    put(`DEBIAN/${script}`, String(rule(script)).replace('@md5@', md5), 0o755);
  }
}

/** The newest version of the C library that the native core asks for. */
function glibcVersion() {
  const found = [...readFileSync(core, 'latin1').matchAll(/GLIBC_(\d+)\.(\d+)/g)].map(([, major, minor]) => [
    Number(major),
    Number(minor),
  ]);
  const [newest] = found.toSorted(([a, b], [c, d]) => c - a || d - b);
  return newest.join('.');
}

/** In the form that Debian's tools read. */
function changelog() {
  const date = statSync(join(root, 'CHANGELOG.md')).mtime.toUTCString().replace('GMT', '+0000');
  return `${name} (${version}) unstable; urgency=medium\n\n  * See CHANGELOG.md.\n\n -- ${MAINTAINER}  ${date}\n`;
}

/** Our licence, and those of the packages inside the bundle. */
function copyright() {
  const { packages } = JSON.parse(source('package-lock.json'));
  const bundled = Object.entries(packages).filter(([place, { dev }]) => place !== '' && dev !== true);
  const licences = bundled.map(([place, { version: release, license }]) => {
    const home = join(root, place);
    const text = readdirSync(home).find((each) => /^licen[cs]e/i.test(each));
    const words = text === undefined ? `License: ${license}\n` : readFileSync(join(home, text), 'utf8');
    return `\n${place.replace(/.*node_modules\//, '')} ${release}\n\n${words}`;
  });
  return [`${name} ${version}\n\n${source('LICENSE')}`, '\nIt contains these packages:\n', ...licences].join('');
}

function files() {
  return readdirSync(stage, { recursive: true })
    .filter((each) => !each.startsWith('DEBIAN') && lstatSync(path(each)).isFile())
    .toSorted();
}

function put(place, content, mode = 0o644) {
  mkdirSync(dirname(path(place)), { recursive: true });
  writeFileSync(path(place), content);
  chmodSync(path(place), mode);
}

function path(place) {
  return join(stage, place);
}

function source(place) {
  return readFileSync(join(root, place));
}

function rule(script) {
  return source(`src/gen/debian/${script}`);
}

function zipped(content) {
  return gzipSync(content, { level: 9 });
}
