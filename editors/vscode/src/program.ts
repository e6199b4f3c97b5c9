// The server's program on its command line, for what the protocol has no request for.

import { execFile } from 'node:child_process';

/** Runs `program` and gives its standard output. Nothing goes through a shell. */
export function run(program: string, options: string[], folder?: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const limits = { cwd: folder, timeout: 30_000, maxBuffer: 64 * 1024 * 1024 };
    execFile(program, options, limits, (error, stdout, stderr) => {
      if (error === null) {
        resolve(stdout);
      } else {
        reject(new Error(stderr.trim() || error.message));
      }
    });
  });
}
