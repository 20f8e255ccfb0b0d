// Packages of the website that bring no types, as far as it uses them.
declare module '@11ty/eleventy' {
  export default class Eleventy {
    constructor(input: string, output: string, options: { quietMode?: boolean; configPath?: string });
    disableLogger(): void;
    write(): Promise<void>;
  }
}
declare module '@11ty/eleventy-plugin-rss' {
  const plugin: (eleventy: unknown) => void;
  export default plugin;
}
declare module 'markdown-it' {
  interface Token {
    tag: string;
    info: string;
    content: string;
    attrs: [string, string][];
    children: Token[] | null;
    meta: { tex: string; display: boolean };
    map: [number, number];
  }
  type Rule = (tokens: Token[], at: number, options: unknown, env: object) => string;
  interface Markdown {
    render(text: string, env?: object): string;
    renderInline(text: string, env?: object): string;
    renderer: { rules: Record<string, Rule> };
    inline: { ruler: { before(name: string, rule: string, run: unknown): void } };
    block: { ruler: { before(name: string, rule: string, run: unknown, options: { alt: string[] }): void } };
  }
  export default function markdownIt(options: {
    html: boolean;
    linkify: boolean;
    typographer: boolean;
    highlight?: (code: string, language: string) => string;
  }): Markdown;
}
