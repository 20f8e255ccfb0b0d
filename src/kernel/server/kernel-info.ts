import typescript from 'typescript';
import { packageVersion } from '../../base/internal.js';
import { PROTOCOL_VERSION } from './wire.js';

const version = packageVersion();

export const KERNEL_INFO = {
  status: 'ok',
  protocol_version: PROTOCOL_VERSION,
  implementation: 'lemmata',
  implementation_version: version,
  language_info: {
    name: 'typescript',
    version: typescript.version,
    mimetype: 'text/typescript',
    file_extension: '.ts',
    pygments_lexer: 'typescript',
    codemirror_mode: 'typescript',
    nbconvert_exporter: 'script',
  },
  banner: `Lemmata ${version}: TypeScript ${typescript.version} on Node ${process.versions.node}`,
  help_links: [
    { text: 'TypeScript', url: 'https://www.typescriptlang.org/docs/' },
    { text: 'TensorFlow.js', url: 'https://js.tensorflow.org/api/latest/' },
  ],
  supported_features: ['debugger'],
};
