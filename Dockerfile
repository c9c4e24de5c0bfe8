# The server alone. The library ships with apps; the embedded PostgreSQL is left out: give DATABASE_URL.
FROM node:24-bookworm-slim AS build
WORKDIR /src
COPY package.json package-lock.json ./
COPY server/package.json server/
# No install scripts: they fetch what only tests need, such as the binary of Electron.
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY . .
RUN npm run build && npm pack --workspace server --pack-destination /tmp

FROM node:24-bookworm-slim
ENV NODE_ENV=production HOST=0.0.0.0 PORT=8787
WORKDIR /app
COPY --from=build /tmp/roost-telemetry-server-*.tgz /tmp/server.tgz
RUN npm install --omit=dev --omit=optional --no-audit --no-fund /tmp/server.tgz \
  && rm -rf /tmp/server.tgz /root/.npm
USER node
EXPOSE 8787
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/health`).then((a) => process.exit(a.ok ? 0 : 1), () => process.exit(1))"]
# Node itself is process 1, so that SIGTERM reaches the server and requests in flight are answered.
CMD ["node", "--max-semi-space-size=4", "--max-old-space-size=256", "node_modules/@roost-telemetry/server/dist/main.js", "serve"]
