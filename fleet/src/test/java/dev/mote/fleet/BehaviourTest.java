package dev.mote.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mote.fleet.device.Behaviour;
import dev.mote.fleet.device.DeviceView;
import dev.mote.fleet.device.Faults;
import dev.mote.fleet.device.Tally.Event;
import dev.mote.fleet.device.Timing;
import dev.mote.fleet.load.HeapJournal;
import dev.mote.module.cbor.Bytes;
import dev.mote.orchestration.gateway.Answer;
import dev.mote.orchestration.gateway.NodePath;
import dev.mote.orchestration.gateway.Request;
import dev.mote.orchestration.object.ResourcePath;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// What bad devices do at Mote's gateway.
class BehaviourTest {

  private static final Duration PATIENCE = Duration.ofSeconds(120);
  private static final String FIRST = "virtual-00000";
  private static final ResourcePath PACKAGE = new ResourcePath(9, 0, 2);
  private static final ResourcePath INSTALL = new ResourcePath(9, 0, 4);

  private final TestGateway gateway = new TestGateway(new HeapJournal());

  @AfterEach
  void stopGateway() {
    gateway.close();
  }

  private Fleet start(Behaviour behaviour) throws InterruptedException {
    Fleet fleet =
        Fleet.start(
            FleetSettings.of(gateway.coap(), 1)
                .withTiming(Timing.HASTY)
                .withFaults(Faults.NONE.with(behaviour, 1)));
    assertThat(fleet.await(PATIENCE, f -> f.registered() == 1)).isTrue();
    return fleet;
  }

  private UUID push(int size) {
    byte[] bytes = new byte[size];
    String digest = Bytes.of(bytes).sha256().toHex();
    gateway.add(digest, bytes);
    return gateway.ask(FIRST, new Request.Push(PACKAGE, digest, 0));
  }

  private static boolean becomes(Fleet fleet, Predicate<DeviceView> condition)
      throws InterruptedException {
    return fleet.await(PATIENCE, f -> condition.test(f.device(0).view()));
  }

  private void install(Fleet fleet) throws InterruptedException {
    push(5_000);
    assertThat(becomes(fleet, view -> view.softwareState() == 3)).isTrue();
    UUID order = gateway.ask(FIRST, new Request.Execute(INSTALL, ""));
    assertThat(fleet.await(PATIENCE, _ -> gateway.answers.containsKey(order))).isTrue();
    assertThat(Objects.requireNonNull(gateway.answers.get(order)).isSuccess()).isTrue();
  }

  @Test
  void oneThatFailsLaterAnswersThatItWillDo() throws Exception {
    try (Fleet fleet = start(Behaviour.FAILS_LATER)) {
      install(fleet);
      assertThat(becomes(fleet, view -> view.softwareResult() == 58)).isTrue();
      assertThat(fleet.device(0).view().softwareState()).isZero();
      assertThat(fleet.tally().of(Event.INSTALLED)).isZero();
    }
  }

  @Test
  void oneThatLiesAboutItsVersionReportsSuccess() throws Exception {
    try (Fleet fleet = start(Behaviour.LIES_ABOUT_VERSION)) {
      install(fleet);
      assertThat(becomes(fleet, view -> view.softwareState() == 4)).isTrue();
      assertThat(fleet.device(0).view().softwareResult()).isEqualTo(2);
      assertThat(fleet.device(0).view().softwareVersion()).isEmpty();
    }
  }

  @Test
  void oneThatStallsIsStillRegistered() throws Exception {
    try (Fleet fleet = start(Behaviour.STALLS)) {
      push(20_000);
      assertThat(becomes(fleet, view -> view.softwareState() == 1)).isTrue();
      fleet.device(0).update();
      assertThat(fleet.await(PATIENCE, f -> f.tally().of(Event.UPDATED_REGISTRATION) == 1))
          .isTrue();
      assertThat(fleet.device(0).view().softwareState()).isEqualTo(1);
    }
  }

  @Test
  void garbageIsNoAnswer() throws Exception {
    try (Fleet fleet = start(Behaviour.SENDS_GARBAGE)) {
      UUID read = gateway.ask(FIRST, new Request.Read(List.of(NodePath.of("/3/0/1"))));
      assertThat(fleet.await(PATIENCE, _ -> gateway.answers.containsKey(read))).isTrue();
      Answer answer = gateway.answers.get(read);
      assertThat(answer instanceof Answer.Received received && !received.values().isEmpty())
          .as("" + answer)
          .isFalse();
    }
  }

  @Test
  void theCommandLineCountsWhatHappens() throws Exception {
    int exit =
        FleetCommand.run(
            "--server",
            gateway.coap().toString(),
            "--devices",
            "20",
            "--profile",
            "host,m4,rv32",
            "--loss",
            "0.05",
            "--bad",
            "silent=0.1,restarts=0.1",
            "--report",
            "1",
            "--send",
            "--json",
            "--seconds",
            "2");
    assertThat(exit).isZero();
    assertThat(gateway.events).hasSizeGreaterThanOrEqualTo(18);
  }
}
