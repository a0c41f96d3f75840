package dev.mote.orchestration.update;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mote.orchestration.update.SimulatedClient.Faults;
import dev.mote.orchestration.update.UpdateCommand.Ask;
import dev.mote.orchestration.update.UpdateCommand.Clear;
import dev.mote.orchestration.update.UpdateCommand.Install;
import dev.mote.orchestration.update.UpdateCommand.Push;
import dev.mote.orchestration.update.UpdateCommand.WriteUri;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class UpdateMachineTest {

  private static final UpdatePackage WANTED =
      new UpdatePackage("kws", "2", 100_000, "ab".repeat(32));

  private static final Instant START = Instant.EPOCH;

  static Stream<Arguments> everyWay() {
    return Stream.of(UpdateObject.values())
        .flatMap(
            object -> Stream.of(Delivery.values()).map(delivery -> Arguments.of(object, delivery)));
  }

  private static SimulatedClient client(
      UpdateObject object, Delivery delivery, Faults faults, long seed) {
    return new SimulatedClient(
        object, delivery, WANTED, Patience.STANDARD, faults, Duration.ofMinutes(20), seed);
  }

  @ParameterizedTest
  @MethodSource("everyWay")
  void anHonestDeviceIsUpdatedAtOnce(UpdateObject object, Delivery delivery) {
    SimulatedClient client = client(object, delivery, Faults.NONE, 1);
    assertThat(client.run().phase()).as(client.toString()).isEqualTo(Phase.SUCCEEDED);
    assertThat(client.installations).isEqualTo(1);
    assertThat(client.progress.attempt()).isEqualTo(1);
    assertThat(client.version).isEqualTo("2");
  }

  @ParameterizedTest
  @MethodSource("everyWay")
  void faultsDelayAnUpdateAndNeverRepeatIt(UpdateObject object, Delivery delivery) {
    int succeeded = 0;
    for (long seed = 0; seed < 500; seed++) {
      SimulatedClient client = client(object, delivery, new Faults(0.1, 0.01, 0.02, 0), seed);
      UpdateProgress end = client.run();
      assertThat(end.isOver()).as("seed %d: %s", seed, client).isTrue();
      assertThat(client.installations).as("seed %d: %s", seed, client).isLessThanOrEqualTo(1);
      assertThat(client.installsDuringInstall).as("seed %d: %s", seed, client).isZero();
      assertThat(client.commandsSent).as("seed %d: %s", seed, client).isLessThan(200);
      if (end.phase() == Phase.SUCCEEDED) {
        succeeded++;
        assertThat(client.version).isEqualTo("2");
      } else {
        assertThat(end.failure()).as("seed %d: %s", seed, client).isPresent();
      }
    }
    assertThat(succeeded).isGreaterThan(450);
  }

  @ParameterizedTest
  @MethodSource("everyWay")
  void aModuleThatFailsItsSelfTestIsNotTriedAgain(UpdateObject object, Delivery delivery) {
    SimulatedClient client = client(object, delivery, new Faults(0, 0, 0, 1), 3);
    UpdateProgress end = client.run();
    assertThat(end.phase()).isEqualTo(Phase.FAILED);
    assertThat(end.failure().map(Failure::kind)).contains(FailureClass.REJECTED);
    assertThat(client.sent.stream().filter(Install.class::isInstance)).hasSize(1);
  }

  @Test
  void aDeviceThatHasTheVersionIsLeftAlone() {
    Step step = start(UpdateObject.FIRMWARE, Delivery.PUSH);
    step = report(step, DeviceReport.of(0, 1).withVersion("2"));
    assertThat(step.next().phase()).isEqualTo(Phase.SUCCEEDED);
    assertThat(step.commands()).isEmpty();
  }

  @Test
  void whatSomebodyElseLeftIsDroppedFirst() {
    Step step = start(UpdateObject.FIRMWARE, Delivery.PUSH);
    step = report(step, DeviceReport.of(2, 0).withVersion("7"));
    assertThat(step.commands()).containsExactly(new Clear());
    step = on(step, new UpdateEvent.Answered(new Clear(), 204), 1);
    step = report(step, DeviceReport.of(0, 0));
    assertThat(step.commands()).containsExactly(new Push(0));
  }

  @Test
  void anAnswerIsNoResult() {
    Step step = pushed();
    assertThat(step.next().phase()).isEqualTo(Phase.TRANSFERRING);
    assertThat(step.commands()).containsExactly(new Ask());
    step = report(step, DeviceReport.of(0, 5));
    assertThat(step.next().phase()).isEqualTo(Phase.PAUSING);
    assertThat(step.next().failure().map(Failure::kind)).contains(FailureClass.INTEGRITY);
  }

  @Test
  void anOldResultDoesNotFailTheNextAttempt() {
    Step step = start(UpdateObject.FIRMWARE, Delivery.PUSH);
    step = report(step, DeviceReport.of(0, 8));
    assertThat(step.commands()).containsExactly(new Push(0));
    step = report(step, DeviceReport.of(0, 8));
    assertThat(step.next().phase()).isEqualTo(Phase.TRANSFERRING);
  }

  @Test
  void aBrokenTransferGoesOnWhereItStopped() {
    Step step = start(UpdateObject.FIRMWARE, Delivery.PUSH);
    step = report(step, DeviceReport.of(0, 0));
    step = on(step, new UpdateEvent.Moved(64_000), 5);
    step = on(step, new UpdateEvent.Resumed(), 6);
    assertThat(step.commands()).containsExactly(new Ask());
    step = report(step, DeviceReport.of(1, 0));
    assertThat(step.commands()).containsExactly(new Push(64_000));
    step = on(step, new UpdateEvent.Answered(new Push(64_000), 408), 8);
    assertThat(step.commands()).containsExactly(new Push(0));
  }

  @Test
  void aSlowTransferIsNotAStuckOne() {
    Step step = start(UpdateObject.FIRMWARE, Delivery.PUSH);
    step = report(step, DeviceReport.of(0, 0));
    for (int i = 1; i <= 100; i++) {
      step = on(step, new UpdateEvent.Moved(1000L * i), i * 250L);
      step = on(step, new UpdateEvent.TimePassed(), i * 250L + 249);
      assertThat(step.next().phase()).isEqualTo(Phase.TRANSFERRING);
    }
    step = on(step, new UpdateEvent.TimePassed(), 100 * 250L + 301);
    assertThat(step.next().phase()).isEqualTo(Phase.PAUSING);
    assertThat(step.next().failure().map(Failure::kind)).contains(FailureClass.TIMEOUT);
  }

  @Test
  void aSleepingDeviceIsWaitedForAndAnOrderIsNotLost() {
    Step step = start(UpdateObject.FIRMWARE, Delivery.PUSH);
    step = on(step, new UpdateEvent.Unanswered(new Ask()), 90);
    step = on(step, new UpdateEvent.TimePassed(), Duration.ofDays(13).toSeconds());
    assertThat(step.next().phase()).isEqualTo(Phase.ASKING);
    step = on(step, new UpdateEvent.Heard(), Duration.ofDays(13).toSeconds() + 1);
    assertThat(step.commands()).containsExactly(new Ask());
    Step silent = on(step, new UpdateEvent.Unanswered(new Ask()), Duration.ofDays(14).toSeconds());
    silent = on(silent, new UpdateEvent.TimePassed(), Duration.ofDays(28).toSeconds());
    assertThat(silent.next().phase()).isEqualTo(Phase.FAILED);
  }

  @Test
  void theOrderToInstallIsGivenOnce() {
    Step step = report(pushed(), DeviceReport.of(2, 0));
    assertThat(step.commands()).containsExactly(new Install());
    step = on(step, new UpdateEvent.Answered(new Install(), 204), 20);
    for (int i = 0; i < 5; i++) {
      step = report(step, DeviceReport.of(2, 0));
      assertThat(step.commands()).isEmpty();
    }
    // After a restart in the middle the device still has it: again.
    step = on(step, new UpdateEvent.Registered(), 30);
    step = report(step, DeviceReport.of(2, 0));
    assertThat(step.commands()).containsExactly(new Install());
  }

  @Test
  void anOrderThatNeverArrivedIsGivenAgain() {
    Step step = report(pushed(), DeviceReport.of(2, 0));
    step = on(step, new UpdateEvent.Resumed(), 30);
    assertThat(step.commands()).containsExactly(new Ask());
    step = asked(step, DeviceReport.of(2, 0), 31);
    assertThat(step.commands()).isEmpty();
    // It says so still when it had the time to begin.
    assertThat(step.wakeAt()).contains(START.plusSeconds(40));
    step = on(step, new UpdateEvent.TimePassed(), 40);
    step = asked(step, DeviceReport.of(2, 0), 41);
    assertThat(step.commands()).containsExactly(new Install());
    // It had begun all the same: that is no failure.
    Step begun = on(step, new UpdateEvent.Answered(new Install(), 405), 42);
    assertThat(begun.next().phase()).isEqualTo(Phase.INSTALLING);
    assertThat(begun.commands()).containsExactly(new Ask());
    step = on(step, new UpdateEvent.Answered(new Install(), 204), 42);
    step = asked(step, DeviceReport.of(2, 0), 80);
    assertThat(step.commands()).isEmpty();
    step = asked(step, DeviceReport.of(0, 1).withVersion("2"), 90);
    assertThat(step.next().phase()).isEqualTo(Phase.SUCCEEDED);
  }

  @Test
  void aRefusedOrderIsAFailureOnlyWhereNothingCameOfIt() {
    Step step = report(pushed(), DeviceReport.of(2, 0));
    step = on(step, new UpdateEvent.Answered(new Install(), 405), 20);
    assertThat(step.commands()).containsExactly(new Ask());
    Step refused = asked(step, DeviceReport.of(2, 0), 21);
    assertThat(refused.next().failure().map(Failure::kind)).contains(FailureClass.REJECTED);
    assertThat(refused.next().phase()).isEqualTo(Phase.FAILED);
    // The message came twice, the second time after the restart.
    Step done = asked(step, DeviceReport.of(0, 1).withVersion("2"), 21);
    assertThat(done.next().phase()).isEqualTo(Phase.SUCCEEDED);
    Step begun = asked(step, DeviceReport.of(3, 0), 21);
    assertThat(begun.next().phase()).isEqualTo(Phase.INSTALLING);
  }

  @Test
  void anOrderThatArrivedIsNotGivenAgain() {
    Step step = report(pushed(), DeviceReport.of(2, 0));
    step = on(step, new UpdateEvent.Resumed(), 30);
    step = asked(step, DeviceReport.of(3, 0), 31);
    for (int second = 60; second < 600; second += 60) {
      step = on(step, new UpdateEvent.TimePassed(), second);
      step = asked(step, DeviceReport.of(second < 300 ? 3 : 2, 0), second + 1);
      assertThat(step.commands()).isEmpty();
    }
  }

  @Test
  void aDeviceThatSleptOverAnOrderIsAskedBeforeItGetsAnother() {
    Step step = report(pushed(), DeviceReport.of(2, 0));
    step = on(step, new UpdateEvent.Unanswered(new Install()), 100);
    step = on(step, new UpdateEvent.Heard(), 7200);
    assertThat(step.commands()).containsExactly(new Ask());
    // The time for an answer begins when it is there.
    assertThat(step.wakeAt()).contains(START.plusSeconds(7230));
    step = asked(step, DeviceReport.of(2, 0), 7201);
    assertThat(step.commands()).containsExactly(new Install());
  }

  @Test
  void aDeviceThatGoesBackAndForthIsGivenUp() {
    Random random = new Random(5);
    for (int round = 0; round < 200; round++) {
      UpdateObject object = UpdateObject.values()[round % 2];
      Step step = start(object, Delivery.values()[random.nextInt(2)]);
      long time = 0;
      int commands = 0;
      List<String> said = new ArrayList<>();
      while (!step.next().isOver() && time < 4_000_000) {
        time += random.nextInt(100);
        UpdateEvent event =
            switch (random.nextInt(8)) {
              case 0 -> new UpdateEvent.Registered();
              case 1 ->
                  step.next()
                      .onItsWay()
                      .<UpdateEvent>map(
                          command ->
                              new UpdateEvent.Answered(command, random.nextInt(4) == 0 ? 500 : 204))
                      .orElse(new UpdateEvent.Heard());
              case 2 -> new UpdateEvent.TimePassed();
              default ->
                  new UpdateEvent.Reported(
                      new DeviceReport(
                          random.nextInt(5),
                          random.nextInt(3),
                          Optional.of("1"),
                          Optional.empty()));
            };
        said.add(event.toString());
        step = UpdateMachine.on(step.next(), event, START.plusSeconds(time));
        commands += step.commands().size();
      }
      assertThat(step.next().isOver()).as("round %d", round).isTrue();
      assertThat(commands).isLessThan(2 * said.size() + 2);
    }
  }

  @Test
  void aResultSaysBetterWhyAPackageIsRefused() {
    Step step = start(UpdateObject.FIRMWARE, Delivery.PUSH);
    step = report(step, DeviceReport.of(0, 0));
    step = on(step, new UpdateEvent.Answered(new Push(0), 500), 3);
    assertThat(step.commands()).containsExactly(new Ask());
    Step told = report(step, DeviceReport.of(0, 6));
    assertThat(told.next().failure().map(Failure::kind)).contains(FailureClass.UNSUPPORTED);
    assertThat(told.next().phase()).isEqualTo(Phase.FAILED);
    Step silent = report(step, DeviceReport.of(0, 0));
    assertThat(silent.next().failure())
        .contains(new Failure(FailureClass.TRANSPORT, "it answers 5.00 to the package"));
    assertThat(silent.next().phase()).isEqualTo(Phase.PAUSING);
    Step hasIt = report(step, DeviceReport.of(2, 0));
    assertThat(hasIt.next().failure()).isEmpty();
  }

  @Test
  void aDeviceThatNotifiesNothingIsAsked() {
    Step step = start(UpdateObject.FIRMWARE, Delivery.PULL);
    step = report(step, DeviceReport.of(0, 0));
    step = on(step, new UpdateEvent.Answered(new WriteUri(), 204), 2);
    assertThat(step.wakeAt()).contains(START.plusSeconds(32));
    step = on(step, new UpdateEvent.TimePassed(), 32);
    assertThat(step.commands()).containsExactly(new Ask());
    step = on(step, new UpdateEvent.Answered(new Ask(), 205), 33);
    step = on(step, new UpdateEvent.Reported(DeviceReport.of(2, 0)), 33);
    assertThat(step.commands()).containsExactly(new Install());
    step = on(step, new UpdateEvent.Answered(new Install(), 204), 34);
    step = on(step, new UpdateEvent.Answered(new Ask(), 205), 35);
    step = on(step, new UpdateEvent.Reported(DeviceReport.of(3, 0)), 35);
    step = on(step, new UpdateEvent.TimePassed(), 65);
    assertThat(step.commands()).containsExactly(new Ask());
    step = on(step, new UpdateEvent.Reported(DeviceReport.of(0, 1)), 66);
    assertThat(step.next().phase()).isEqualTo(Phase.SUCCEEDED);
  }

  @Test
  void aDeviceMayHaveToBeClearedTwice() {
    Step step = start(UpdateObject.FIRMWARE, Delivery.PUSH);
    step = report(step, DeviceReport.of(1, 0));
    assertThat(step.commands()).containsExactly(new Clear());
    step = on(step, new UpdateEvent.Answered(new Clear(), 204), 2);
    step = on(step, new UpdateEvent.Answered(new Ask(), 205), 3);
    step = on(step, new UpdateEvent.Reported(DeviceReport.of(2, 0)), 3);
    assertThat(step.commands()).isEmpty();
    step = on(step, new UpdateEvent.TimePassed(), 33);
    assertThat(step.commands()).containsExactly(new Clear());
  }

  @Test
  void aDeviceThatAlwaysSaysThatItDownloadsIsPushedToAllTheSame() {
    Step step = start(UpdateObject.FIRMWARE, Delivery.PUSH);
    step = report(step, DeviceReport.of(1, 0));
    step = on(step, new UpdateEvent.Answered(new Clear(), 204), 2);
    step = on(step, new UpdateEvent.Answered(new Ask(), 205), 3);
    step = on(step, new UpdateEvent.Reported(DeviceReport.of(1, 0)), 3);
    assertThat(step.commands()).isEmpty();
    step = on(step, new UpdateEvent.TimePassed(), 33);
    assertThat(step.commands()).containsExactly(new Push(0));
    step = on(step, new UpdateEvent.Reported(DeviceReport.of(1, 0)), 34);
    step = on(step, new UpdateEvent.Answered(new Push(0), 204), 60);
    step = on(step, new UpdateEvent.Reported(DeviceReport.of(2, 0)), 61);
    assertThat(step.commands()).containsExactly(new Install());
  }

  @Test
  void saysWhyItIsStuck() {
    Step step = start(UpdateObject.FIRMWARE, Delivery.PUSH);
    step = report(step, DeviceReport.of(0, 0));
    step = on(step, new UpdateEvent.Moved(25_000), 10);
    step = on(step, new UpdateEvent.Unanswered(new Push(0)), 100);
    assertThat(Explanation.of(step.next(), START.plusSeconds(3700)))
        .containsExactly(
            "It waits for the package to arrive.",
            "Attempt 1 of 4; nothing has moved for 61 min.",
            "The device does not answer; it was last heard 61 min ago, and is waited for until"
                + " 1970-01-15T00:00:10Z.",
            "25,000 of 100,000 bytes have arrived.",
            "The device says that nothing is under way (state 0 and result 0 of object 5).");
  }

  private static Step pushed() {
    Step step = start(UpdateObject.FIRMWARE, Delivery.PUSH);
    step = report(step, DeviceReport.of(0, 0));
    step = report(step, DeviceReport.of(1, 0));
    return on(step, new UpdateEvent.Answered(new Push(0), 204), 9);
  }

  private static Step asked(Step step, DeviceReport report, long seconds) {
    Step answered = on(step, new UpdateEvent.Answered(new Ask(), 205), seconds);
    return on(answered, new UpdateEvent.Reported(report), seconds);
  }

  private static Step start(UpdateObject object, Delivery delivery) {
    return UpdateMachine.start(object, delivery, WANTED, Patience.STANDARD, START);
  }

  private static Step report(Step step, DeviceReport report) {
    return UpdateMachine.on(
        step.next(), new UpdateEvent.Reported(report), step.next().lastContact().plusSeconds(1));
  }

  private static Step on(Step step, UpdateEvent event, long seconds) {
    return UpdateMachine.on(step.next(), event, START.plusSeconds(seconds));
  }
}
