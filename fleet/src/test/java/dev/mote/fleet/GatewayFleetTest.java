package dev.mote.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mote.fleet.device.Faults;
import dev.mote.fleet.device.Packages;
import dev.mote.fleet.device.Profile;
import dev.mote.fleet.device.Tally.Event;
import dev.mote.fleet.device.Timing;
import dev.mote.fleet.device.VirtualDevice.State;
import dev.mote.fleet.line.Network;
import dev.mote.fleet.load.HeapJournal;
import dev.mote.module.Golden;
import dev.mote.module.Manifest;
import dev.mote.module.ModuleFile;
import dev.mote.module.ModuleWriter;
import dev.mote.module.Payload;
import dev.mote.module.Signal;
import dev.mote.module.TrustList;
import dev.mote.module.cbor.Bytes;
import dev.mote.module.cose.SignatureAlgorithm;
import dev.mote.module.cose.SigningKey;
import dev.mote.orchestration.gateway.Request;
import dev.mote.orchestration.object.ResourcePath;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Virtual devices at Mote's gateway, with modules that they check.
class GatewayFleetTest {

  private static final Duration PATIENCE = Duration.ofSeconds(120);
  private static final ResourcePath URI = new ResourcePath(9, 0, 3);
  private static final ResourcePath PACKAGE = new ResourcePath(9, 0, 2);
  private static final ResourcePath INSTALL = new ResourcePath(9, 0, 4);
  private static final SigningKey KEY =
      SigningKey.generate(SignatureAlgorithm.ES256, new SecureRandom());

  private final TestGateway gateway = new TestGateway(new HeapJournal());

  @AfterEach
  void stopGateway() {
    gateway.close();
  }

  private static byte[] module(long sequence, long ramBytes) {
    byte[] code = new byte[9_000];
    new Random(sequence).nextBytes(code);
    Payload payload =
        Payload.of(
            Payload.Kind.NATIVE,
            Bytes.of(code),
            new Payload.Requirements(
                "armv7e-m", List.of(), Optional.empty(), ramBytes, code.length, 1));
    Manifest manifest =
        new Manifest(
            sequence,
            new Manifest.Identity(
                Bytes.hex("00112233445566778899aabbccddeeff"),
                Bytes.hex("ffeeddccbbaa99887766554433221100"),
                "yes-no",
                "1.0." + sequence,
                Optional.empty()),
            new Manifest.Provenance(
                Bytes.utf8("model").sha256(), "tflite", "mote", "0.1.0", Map.of()),
            List.of(payload),
            List.of(signal("in")),
            List.of(signal("out")),
            List.of(),
            List.of(),
            List.of(
                new Golden(
                    List.of(new Golden.Input.Linear(37, 11)),
                    List.of(new Golden.Output.Exact(Bytes.hex("7f808182"))))),
            Optional.empty(),
            Map.of());
    return ModuleWriter.write(ModuleFile.of(manifest, List.of(Bytes.of(code))).signed(List.of(KEY)))
        .toByteArray();
  }

  private static Signal signal(String name) {
    return new Signal(
        name,
        List.of(1, 4),
        Signal.Type.INT8,
        Optional.of(0.5f),
        Optional.of(0),
        Optional.empty(),
        List.of());
  }

  private FleetSettings settings(int devices) {
    return FleetSettings.of(gateway.coap(), devices)
        .withTiming(Timing.HASTY)
        .withProfiles(Profile.cortexM4())
        .withChecks(TrustList.of(List.of(KEY.verification())), Packages.SelfTest.NONE);
  }

  private String offer(Fleet fleet, byte[] module) {
    String digest = Bytes.of(module).sha256().toHex();
    gateway.add(digest, module);
    fleet.views().forEach(view -> gateway.ask(view.endpoint(), new Request.Offer(URI, digest)));
    return digest;
  }

  private void install(Fleet fleet) {
    fleet.views().stream()
        .filter(view -> view.softwareState() == 3)
        .forEach(view -> gateway.ask(view.endpoint(), new Request.Execute(INSTALL, "")));
  }

  private static boolean all(Fleet fleet, int state) {
    return fleet.views().stream().allMatch(view -> view.softwareState() == state);
  }

  private static boolean allRegistered(Fleet fleet) {
    return fleet.registered() == fleet.size();
  }

  @Test
  void devicesFetchModulesThroughALossyNetworkAndSomeFailTheirSelfTest() throws Exception {
    Faults faults =
        Faults.NONE.withNetwork(Network.lossy(0.1).withDuplication(0.1)).withSelfTest(0.3);
    try (Fleet fleet = Fleet.start(settings(20).withFaults(faults))) {
      assertThat(fleet.await(PATIENCE, GatewayFleetTest::allRegistered)).isTrue();
      offer(fleet, module(1, 1000));
      assertThat(fleet.await(PATIENCE, f -> all(f, 3))).as("" + fleet.views()).isTrue();
      install(fleet);
      assertThat(
              fleet.await(
                  PATIENCE,
                  f -> f.tally().of(Event.INSTALLED) + f.tally().of(Event.ROLLED_BACK) == 20))
          .isTrue();
      assertThat(fleet.tally().of(Event.INSTALLED_TWICE)).isZero();
      assertThat(fleet.tally().of(Event.ROLLED_BACK)).isBetween(2L, 12L);
      assertThat(fleet.running("1")).isEqualTo(fleet.tally().of(Event.INSTALLED));
      assertThat(fleet.views())
          .filteredOn(view -> view.running().isEmpty())
          .allMatch(view -> view.softwareResult() == 57 && view.softwareState() == 0);
    }
  }

  @Test
  void whatIsSignedByAStrangerOrDoesNotFitIsRefused() throws Exception {
    try (Fleet fleet = Fleet.start(settings(1))) {
      fleet.await(PATIENCE, GatewayFleetTest::allRegistered);
      byte[] damaged = module(1, 1000);
      damaged[damaged.length - 1] ^= 1;
      offer(fleet, damaged);
      assertThat(fleet.await(PATIENCE, f -> f.device(0).view().softwareResult() == 53)).isTrue();
      offer(fleet, module(2, 1 << 30));
      assertThat(fleet.await(PATIENCE, f -> f.device(0).view().softwareResult() == 54)).isTrue();
    }
  }

  @Test
  void aPushGoesOnWhereThePowerWasCut() throws Exception {
    Faults faults = Faults.NONE.withPowerCut(1);
    try (Fleet fleet = Fleet.start(settings(1).withFaults(faults))) {
      fleet.await(PATIENCE, GatewayFleetTest::allRegistered);
      byte[] module = module(1, 1000);
      String digest = Bytes.of(module).sha256().toHex();
      gateway.add(digest, module);
      gateway.ask("virtual-00000", new Request.Push(PACKAGE, digest, 0));
      assertThat(fleet.await(PATIENCE, f -> f.tally().of(Event.POWER_CUT) == 1)).isTrue();
      fleet.become(Faults.NONE);
      assertThat(fleet.await(PATIENCE, GatewayFleetTest::allRegistered)).isTrue();
      gateway.ask("virtual-00000", new Request.Push(PACKAGE, digest, 4096));
      assertThat(fleet.await(PATIENCE, f -> all(f, 3))).as("" + fleet.views()).isTrue();
    }
  }

  @Test
  void devicesSpeakDtls() throws Exception {
    PskKeys keys =
        new PskKeys(
            index -> FleetSettings.endpoint("virtual-", index),
            index -> FleetSettings.endpoint("virtual-", index).getBytes(StandardCharsets.US_ASCII));
    FleetSettings secure = FleetSettings.of(gateway.coaps(), 5, keys).withTiming(Timing.HASTY);
    try (Fleet fleet = Fleet.start(secure)) {
      assertThat(fleet.await(PATIENCE, GatewayFleetTest::allRegistered)).isTrue();
    }
  }

  @Test
  void devicesSleepForHoursOfTheirOwnTime() throws Exception {
    AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-01-01T00:00:00Z"));
    InstantSource source = now::get;
    Clock clock = source.withZone(ZoneOffset.UTC);
    FleetSettings sleepers =
        settings(3)
            .withLifetime(Duration.ofHours(20), Duration.ofHours(6))
            .withSleep(Duration.ofSeconds(30));
    try (Fleet fleet = Fleet.start(sleepers, clock)) {
      assertThat(fleet.await(PATIENCE, GatewayFleetTest::allRegistered)).isTrue();
      now.updateAndGet(time -> time.plusSeconds(31));
      assertThat(
              fleet.await(
                  PATIENCE, f -> f.views().stream().allMatch(view -> view.state() == State.ASLEEP)))
          .isTrue();
      now.updateAndGet(time -> time.plus(Duration.ofHours(6)));
      assertThat(fleet.await(PATIENCE, f -> f.tally().of(Event.UPDATED_REGISTRATION) == f.size()))
          .isTrue();
    }
  }
}
