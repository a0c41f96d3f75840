package dev.mote.orchestration.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mote.orchestration.gateway.DeviceEvent.Measured;
import dev.mote.orchestration.gateway.DeviceEvent.Registered;
import dev.mote.orchestration.gateway.DeviceEvent.Updated;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.eclipse.leshan.client.object.Security;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(200)
class SecurityTest {

  private static final NodePath TIME = NodePath.of("/3/0/13");

  private static KeyPair pair() throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec("secp256r1"));
    return generator.generateKeyPair();
  }

  private static Scene scene() {
    Scene scene = new Scene();
    scene.settings =
        scene.settings.withCoaps(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    return scene;
  }

  @Test
  void aPreSharedKeyOpensOneNameOnly() throws Exception {
    byte[] key = HexFormat.of().parseHex("00112233445566778899aabbccddeeff");
    try (Scene scene = scene()) {
      scene.keys.put("id-1", new Credentials.Psk("id-1", Secret.of(key)));
      scene.owners.put(new Peer.PreShared("id-1"), "board-1");
      assertThat(scene.keys.toString()).doesNotContain("00112233").contains("(secret)");
      scene.start();
      try (LeshanDevice wrong =
              new LeshanDevice("board-2", LeshanDevice.preShared(scene.coaps(), "id-1", key))
                  .start();
          LeshanDevice unknown =
              new LeshanDevice(
                      "board-1", LeshanDevice.preShared(scene.coaps(), "id-1", new byte[16]))
                  .start();
          LeshanDevice device =
              new LeshanDevice("board-1", LeshanDevice.preShared(scene.coaps(), "id-1", key))
                  .start()) {
        Registered registered = scene.await(Registered.class);
        assertThat(registered.peer()).isEqualTo(new Peer.PreShared("id-1"));
        assertThat(registered.endpoint()).isEqualTo("board-1");
        assertThat(scene.received("board-1", new Request.Observe(TIME)).code()).isEqualTo(205);
        device.clock.set(9);
        scene.await(Measured.class);
        assertThat(scene.past).filteredOn(Registered.class::isInstance).hasSize(1);
        assertThat(wrong.client.getRegisteredServers()).isEmpty();
        assertThat(unknown.client.getRegisteredServers()).isEmpty();
      }
    }
  }

  @Test
  void aRestartCostsAHandshake() throws Exception {
    byte[] key = new byte[] {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};
    try (Scene scene = scene()) {
      scene.keys.put("id-1", new Credentials.Psk("id-1", Secret.of(key)));
      scene.owners.put(new Peer.PreShared("id-1"), "board-1");
      scene.start();
      try (LeshanDevice device =
          new LeshanDevice("board-1", LeshanDevice.preShared(scene.coaps(), "id-1", key)).start()) {
        scene.await(Registered.class);
        scene.close();
        scene.start();
        var waiting = scene.ask("board-1", new Request.Read(List.of(TIME)));
        device.client.triggerRegistrationUpdate();
        scene.await(
            DeviceEvent.class, event -> event instanceof Updated || event instanceof Registered);
        assertThat(scene.answer(waiting)).isInstanceOf(Answer.Received.class);
      }
    }
  }

  /// The device does nothing at all: the gateway asks it right after its start.
  @Test
  void aPlannedRestartCostsNoHandshake() throws Exception {
    byte[] key = new byte[] {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};
    AtomicReference<Optional<byte[]>> kept = new AtomicReference<>(Optional.empty());
    try (Scene scene = scene()) {
      scene.settings =
          scene.settings.withSessions(
              new SessionStore() {
                @Override
                public void keep(byte[] sessions) {
                  kept.set(Optional.of(sessions));
                }

                @Override
                public Optional<byte[]> take() {
                  return kept.getAndSet(Optional.empty());
                }
              });
      scene.keys.put("id-1", new Credentials.Psk("id-1", Secret.of(key)));
      scene.owners.put(new Peer.PreShared("id-1"), "board-1");
      scene.start();
      try (LeshanDevice device =
          new LeshanDevice("board-1", LeshanDevice.preShared(scene.coaps(), "id-1", key)).start()) {
        scene.await(Registered.class);
        device.awaitRegistered();
        for (int restart = 0; restart < 3; restart++) {
          scene.close();
          assertThat(kept.get()).isPresent();
          scene.start();
          assertThat(kept.get()).isEmpty();
          assertThat(scene.received("board-1", new Request.Read(List.of(TIME))).code())
              .isEqualTo(205);
        }
        assertThat(scene.past).filteredOn(Registered.class::isInstance).hasSize(1);
      }
    }
  }

  @Test
  void keptSessionsThatCannotBeReadCostAHandshake() throws Exception {
    byte[] key = new byte[] {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};
    try (Scene scene = scene()) {
      scene.settings =
          scene.settings.withSessions(
              new SessionStore() {
                @Override
                public void keep(byte[] sessions) {
                  throw new IllegalStateException("no database");
                }

                @Override
                public Optional<byte[]> take() {
                  return Optional.of(new byte[] {9, 9, 9, 9});
                }
              });
      scene.keys.put("id-1", new Credentials.Psk("id-1", Secret.of(key)));
      scene.owners.put(new Peer.PreShared("id-1"), "board-1");
      scene.start();
      try (LeshanDevice _ =
          new LeshanDevice("board-1", LeshanDevice.preShared(scene.coaps(), "id-1", key)).start()) {
        scene.await(Registered.class);
      }
    }
  }

  @Test
  void aRawPublicKeyIsAnIdentity() throws Exception {
    KeyPair server = pair();
    KeyPair device = pair();
    try (Scene scene = scene()) {
      scene.settings =
          scene.settings.withServerKey(
              new ServerKey(server.getPrivate(), server.getPublic(), List.of()));
      assertThat(scene.settings.toString()).doesNotContain("private");
      Peer.RawKey peer = new Peer.RawKey(HexFormat.of().formatHex(device.getPublic().getEncoded()));
      scene.publicKeys.add(device.getPublic());
      scene.owners.put(peer, "board-1");
      scene.start();
      Security security =
          Security.rpk(
              "coaps://localhost:" + scene.coaps().getPort(),
              1,
              device.getPublic().getEncoded(),
              device.getPrivate().getEncoded(),
              server.getPublic().getEncoded());
      try (LeshanDevice client = new LeshanDevice("board-1", security).start()) {
        assertThat(scene.await(Registered.class).peer()).isEqualTo(peer);
        assertThat(scene.received("board-1", new Request.Read(List.of(TIME))).code())
            .isEqualTo(205);
      }
    }
  }

  @Test
  void aCertificateOfATrustedAuthorityIsAnIdentity(@TempDir Path folder) throws Exception {
    KeyStore store = TestCertificates.of(folder, "localhost", "board-1");
    X509Certificate server = (X509Certificate) store.getCertificate("localhost");
    PrivateKey serverKey = (PrivateKey) store.getKey("localhost", TestCertificates.PASSWORD);
    try (Scene scene = scene()) {
      scene.settings =
          scene.settings.withServerKey(
              new ServerKey(serverKey, server.getPublicKey(), List.of(server)));
      scene.authorities.add((X509Certificate) store.getCertificate("authority"));
      scene.owners.put(new Peer.Certified("board-1"), "board-1");
      scene.start();
      Security security =
          Security.x509(
              "coaps://localhost:" + scene.coaps().getPort(),
              1,
              store.getCertificate("board-1").getEncoded(),
              store.getKey("board-1", TestCertificates.PASSWORD).getEncoded(),
              server.getEncoded());
      try (LeshanDevice client = new LeshanDevice("board-1", security).start()) {
        assertThat(scene.await(Registered.class).peer()).isEqualTo(new Peer.Certified("board-1"));
        assertThat(client.client).isNotNull();
        assertThat(scene.received("board-1", new Request.Read(List.of(TIME))).code())
            .isEqualTo(205);
      }
    }
  }
}
