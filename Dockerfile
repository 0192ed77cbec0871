# Writeback as a container image: `docker build -t writeback:0.1.0 .`
#
# The second stage has no shell and no package manager: the C library, certificates, time zones, and the program. To trust
# more certificates than Debian's, such as a company proxy's, mount them and name the file in SSL_CERT_FILE.

FROM rust:1.95-slim-bookworm AS build
WORKDIR /source
COPY . .
RUN cargo build --profile dist --locked && install -d -o 65532 -g 65532 /home/writeback

FROM gcr.io/distroless/cc-debian12:nonroot
COPY --from=build /source/target/dist/writeback /usr/local/bin/writeback
COPY --from=build --chown=65532:65532 /home/writeback /var/lib/writeback
ENV WRITEBACK_HOME=/var/lib/writeback
VOLUME /var/lib/writeback
# By number, so that Kubernetes can tell that it is not root.
USER 65532:65532
ENTRYPOINT ["writeback"]
