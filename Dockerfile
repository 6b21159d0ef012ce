# syntax=docker/dockerfile:1

FROM eclipse-temurin:17-jdk AS build
WORKDIR /build
COPY .mvn .mvn
COPY mvnw pom.xml ./
COPY routes routes
COPY templates templates
COPY src src
RUN --mount=type=cache,target=/root/.m2 \
    ./mvnw --batch-mode --no-transfer-progress package -DskipTests -Dspotless.check.skip=true

FROM eclipse-temurin:17-jre AS runtime
# The working directory holds data/, inbox/ and errors/; it is a volume.
RUN useradd --system --uid 10001 --home-dir /var/lib/kintell-connector --create-home kintell \
 && mkdir /var/lib/kintell-connector/data /var/lib/kintell-connector/inbox \
          /var/lib/kintell-connector/errors \
 && chown -R kintell: /var/lib/kintell-connector

# Unpacked and with an archive of its classes it starts in two thirds of the time. The archive counts
# for one Java and one folder only. Where it cannot be made, the service starts later, and that is all.
FROM runtime AS prepared
RUN mkdir /opt/kintell-connector && chown kintell: /opt/kintell-connector
COPY --chown=kintell deploy/prepare.sh deploy/java.options /tmp/
COPY --from=build --chown=kintell /build/target/kintell-connector.jar /tmp/kintell-connector.jar
USER kintell
RUN bash /tmp/prepare.sh /tmp/kintell-connector.jar /opt/kintell-connector \
 || test -f /opt/kintell-connector/kintell-connector.jar

FROM runtime
COPY --from=prepared /opt/kintell-connector /opt/kintell-connector
USER kintell
WORKDIR /var/lib/kintell-connector
VOLUME /var/lib/kintell-connector
# In a container everything but the container itself is another address.
ENV SERVER_ADDRESS=0.0.0.0 \
    BACKFILL_ERRORS_DIR=/var/lib/kintell-connector/errors
EXPOSE 3002
# The image need not have curl: bash opens the connection. 401 is the answer to a probe without a key,
# unless BACKFILL_OPEN_HEALTH is true: then the service serves, and more is not known.
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 \
  CMD ["bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/${SERVER_PORT:-3002} && printf 'GET /health HTTP/1.0\\r\\n\\r\\n' >&3 && head -n 1 <&3 | grep -qE ' (200|401)'"]
ENTRYPOINT ["java", "-XX:MaxRAMPercentage=75", "@/opt/kintell-connector/java.options", "-jar", "/opt/kintell-connector/kintell-connector.jar"]
