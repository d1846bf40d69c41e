#!/usr/bin/env bash
# Directus 12.4.1 (npm @directus/api 39.2.1): a token in whose middle part a character is lost, as a line of a mail that was wrapped
# or pasted does, is answered with 503 SERVICE_UNAVAILABLE, "Couldn't verify token", as if a service of it were down; with the
# last part damaged it is 403 INVALID_TOKEN, as one expects. Both raise, nobody gets in. Beneath it jsonwebtoken 9.0.3 throws
# what its JSON.parse throws, a SyntaxError, where its manual has a JsonWebTokenError for each token that it cannot take.
# Needs: npm, node.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-save --ignore-scripts --no-audit --no-fund --prefix . jsonwebtoken@9.0.3 @directus/errors@2.5.2
tar -xzf "$(npm pack --silent @directus/api@39.2.1)"
cat > program.mjs <<'JS'
import jwt from 'jsonwebtoken';
import { verifyJWT } from './package/dist/utils/jwt.js';

const secret = 'a-secret-of-this-test-0123456789';
const token = jwt.sign({ email: 'ana@example.com', scope: 'password-reset' }, secret, { issuer: 'directus' });
const [head, middle, end] = token.split('.');
function say(what, sent) {
  try {
    console.log(`${what}: good, of ${verifyJWT(sent, secret).email}`);
  } catch (fault) {
    console.log(`${what}: ${fault.status} ${fault.code}`);
  }
}
say('whole', token);
say('a character of the last part lost', `${head}.${middle}.${end.slice(1)}`);
say('a character of the middle part lost', `${head}.${middle.slice(1)}.${end}`);
JS

expected='whole: good, of ana@example.com
a character of the last part lost: 403 INVALID_TOKEN
a character of the middle part lost: 503 SERVICE_UNAVAILABLE'
seen=$(node program.mjs)
echo "Directus' api 39.2.1, jsonwebtoken 9.0.3:"
echo "$seen"
[ "$seen" = "$expected" ] || { echo "finding: it does something else now" >&2; exit 1; }
