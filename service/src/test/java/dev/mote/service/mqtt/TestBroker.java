package dev.mote.service.mqtt;

import com.hivemq.client.mqtt.mqtt5.Mqtt5BlockingClient;
import com.hivemq.client.mqtt.mqtt5.Mqtt5Client;
import com.hivemq.embedded.EmbeddedHiveMQ;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import org.springframework.util.FileSystemUtils;

/// A broker that forgets everything when it stops, on one port without TLS and on one with, where
/// it wants a certificate of its clients.
final class TestBroker implements AutoCloseable {

  private final Path folder;
  private final int port;
  private final int securePort;
  private final BrokerKeys keys;
  private EmbeddedHiveMQ broker;

  TestBroker() {
    try (ServerSocket free = new ServerSocket(0);
        ServerSocket other = new ServerSocket(0)) {
      port = free.getLocalPort();
      securePort = other.getLocalPort();
      folder = Files.createTempDirectory("mote-broker");
      keys = new BrokerKeys(folder);
      Files.createDirectories(folder.resolve("conf"));
      Files.createDirectories(folder.resolve("extensions"));
      Files.writeString(
          folder.resolve("conf/config.xml"),
          """
          <?xml version="1.0"?>
          <hivemq>
            <listeners>
              <tcp-listener>
                <port>%d</port><bind-address>127.0.0.1</bind-address>
              </tcp-listener>
              <tls-tcp-listener>
                <port>%d</port><bind-address>127.0.0.1</bind-address>
                <tls>
                  <keystore>
                    <path>%s</path><password>%s</password>
                    <private-key-password>%s</private-key-password>
                  </keystore>
                  <truststore><path>%s</path><password>%s</password></truststore>
                  <client-authentication-mode>REQUIRED</client-authentication-mode>
                </tls>
              </tls-tcp-listener>
            </listeners>
            <persistence><mode>in-memory</mode></persistence>
            <anonymous-usage-statistics><enabled>false</enabled></anonymous-usage-statistics>
          </hivemq>
          """
              .formatted(
                  port,
                  securePort,
                  keys.brokerStore(),
                  BrokerKeys.PASSWORD,
                  BrokerKeys.PASSWORD,
                  keys.trustStore(),
                  BrokerKeys.PASSWORD));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    broker = start();
  }

  private EmbeddedHiveMQ start() {
    EmbeddedHiveMQ made =
        EmbeddedHiveMQ.builder()
            .withConfigurationFolder(folder.resolve("conf"))
            .withDataFolder(folder.resolve("data"))
            .withExtensionsFolder(folder.resolve("extensions"))
            .withoutLoggingBootstrap()
            .build();
    made.start().join();
    return made;
  }

  String url() {
    return "mqtt://localhost:" + port;
  }

  int securePort() {
    return securePort;
  }

  BrokerKeys keys() {
    return keys;
  }

  /// A client that is connected.
  Mqtt5BlockingClient client() {
    Mqtt5BlockingClient client =
        Mqtt5Client.builder()
            .identifier(UUID.randomUUID().toString())
            .serverHost("localhost")
            .serverPort(port)
            .buildBlocking();
    client.connect();
    return client;
  }

  void stop() {
    broker.stop().join();
  }

  void startAgain() {
    broker = start();
  }

  @Override
  public void close() throws IOException {
    broker.stop().join();
    FileSystemUtils.deleteRecursively(folder);
  }
}
