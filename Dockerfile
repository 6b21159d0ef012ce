# syntax=docker/dockerfile:1

FROM eclipse-temurin:17-jdk AS build
WORKDIR /build
COPY .mvn .mvn
COPY mvnw pom.xml ./
COPY routes routes
COPY templates templates
COPY src src
# The history is not part of the context: docker build --build-arg COMMIT=$(git rev-parse --short HEAD).
ARG COMMIT=unknown
RUN printf 'git.commit.id.abbrev=%s\n' "$COMMIT" > src/main/resources/git.properties
# Without the embedded PostgreSQL: an image names its database.
RUN --mount=type=cache,target=/root/.m2 \
    ./mvnw --batch-mode --no-transfer-progress package -Pcontainer -DskipTests

FROM eclipse-temurin:17-jre AS runtime
# The working directory holds data/, inbox/ and errors/; it is a volume.
RUN useradd --system --uid 10001 --home-dir /var/lib/kintell-connector --create-home kintell \
 && mkdir /var/lib/kintell-connector/data /var/lib/kintell-connector/inbox \
          /var/lib/kintell-connector/errors \
 && chown -R kintell: /var/lib/kintell-connector

# Unpacked and with an archive of its classes it starts in two thirds of the time. The archive counts
# for one Java and one folder only. Where it cannot be made, the service starts later, and that is all.
FROM runtime AS prepared
# A database for the one start that makes the archive. This stage is thrown away, and it with it.
RUN apt-get update && apt-get install --yes --no-install-recommends postgresql
RUN mkdir /opt/kintell-connector && chown kintell: /opt/kintell-connector
COPY --chown=kintell deploy/prepare.sh deploy/java.options /tmp/
COPY --from=build --chown=kintell /build/target/kintell-connector.jar /tmp/kintell-connector.jar
USER kintell
RUN bin=$(echo /usr/lib/postgresql/*/bin) \
 && "$bin/initdb" --pgdata=/tmp/postgres --auth=trust --username=kintell --encoding=UTF8 --locale=C \
 && "$bin/pg_ctl" --pgdata=/tmp/postgres --options="-k /tmp" --wait start \
 && PREPARE_DATABASE_URL=postgres://kintell@127.0.0.1:5432/postgres \
    bash /tmp/prepare.sh /tmp/kintell-connector.jar /opt/kintell-connector \
 || test -f /opt/kintell-connector/kintell-connector.jar

FROM runtime
COPY --from=prepared /opt/kintell-connector /opt/kintell-connector
COPY --chmod=0555 deploy/healthcheck.sh /opt/kintell-connector-healthcheck
USER kintell
WORKDIR /var/lib/kintell-connector
VOLUME /var/lib/kintell-connector
# In a container everything but the container itself is another address. Health says ok or degraded,
# and names no secret; the probe below needs no key for it.
ENV SERVER_ADDRESS=0.0.0.0 \
    BACKFILL_OPEN_HEALTH=true \
    BACKFILL_ERRORS_DIR=/var/lib/kintell-connector/errors
EXPOSE 3002
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 \
  CMD ["/opt/kintell-connector-healthcheck"]
ENTRYPOINT ["java", "-XX:MaxRAMPercentage=75", "@/opt/kintell-connector/java.options", "-jar", "/opt/kintell-connector/kintell-connector.jar"]
