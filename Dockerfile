# Kedui in a container. Build: docker build -t kedui .   Talk: docker run --rm -it -v kedui:/data kedui chat
# The Telegram bot: docker run -d --stop-timeout 10 -v kedui:/data -e KEDUI_TELEGRAM_TOKEN=… kedui

FROM python:3.11-slim AS build
WORKDIR /src
RUN python -m venv /opt/kedui
COPY pyproject.toml constraints.txt README.md LICENSE ./
COPY bot bot
COPY dialogs dialogs
COPY policies policies
RUN /opt/kedui/bin/pip install --no-cache-dir --disable-pip-version-check --constraint constraints.txt .

FROM python:3.11-slim
RUN useradd --uid 10001 --user-group --no-create-home --home-dir /data --shell /usr/sbin/nologin kedui \
    && install --directory --owner kedui --group kedui --mode 700 /data
COPY --from=build /opt/kedui /opt/kedui
ENV PATH=/opt/kedui/bin:$PATH \
    KEDUI_DB=/data/kedui.db \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1
WORKDIR /data
USER kedui
VOLUME /data
# Alive is who has polled or answered within 90 seconds. `docker run -it … kedui chat` talks in the terminal instead.
HEALTHCHECK --interval=30s --timeout=10s --start-period=20s --retries=3 CMD ["kedui", "health"]
ENTRYPOINT ["kedui"]
CMD ["telegram"]
