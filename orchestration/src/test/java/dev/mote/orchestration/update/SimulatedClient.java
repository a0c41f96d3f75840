package dev.mote.orchestration.update;

import dev.mote.orchestration.update.UpdateCommand.Activate;
import dev.mote.orchestration.update.UpdateCommand.Ask;
import dev.mote.orchestration.update.UpdateCommand.Clear;
import dev.mote.orchestration.update.UpdateCommand.Install;
import dev.mote.orchestration.update.UpdateCommand.Push;
import dev.mote.orchestration.update.UpdateCommand.WriteUri;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Random;

/// A device with object 5 or 9 on a virtual clock, with faults, and the service around the machine.
final class SimulatedClient {

  /// Probabilities of what goes wrong, for each message or each occasion.
  record Faults(double loss, double reboot, double serviceCrash, double badPackage) {
    static final Faults NONE = new Faults(0, 0, 0, 0);
  }

  private record Due(Instant at, long order, Runnable what) implements Comparable<Due> {
    @Override
    public int compareTo(Due other) {
      int byTime = at.compareTo(other.at);
      return byTime != 0 ? byTime : Long.compare(order, other.order);
    }
  }

  private static final int BLOCKS = 8;
  private static final long UPDATE_MILLIS = 60_000;

  final UpdateObject object;
  private final UpdatePackage wanted;
  private final Delivery delivery;
  private final Faults faults;
  private final Instant faultsEnd;
  private final Random random;
  private final PriorityQueue<Due> agenda = new PriorityQueue<>();
  private Instant now = Instant.EPOCH;
  private long order;

  // The device: what survives a restart, and what does not.
  DeviceStage stage = DeviceStage.IDLE;
  long result;
  String version = "1";
  boolean active;
  int installations;
  int installsDuringInstall;
  private int installsInBoot = -1;
  int bootCount;
  boolean sleeping;
  private int blocks;
  private boolean holdsGood = true;

  // The service.
  UpdateProgress progress;
  private Instant wakeAt = Instant.MAX;
  private int serviceEpoch;
  int commandsSent;
  final List<UpdateCommand> sent = new ArrayList<>();
  private final Deque<UpdateEvent> inbox = new ArrayDeque<>();

  SimulatedClient(
      UpdateObject object,
      Delivery delivery,
      UpdatePackage wanted,
      Patience patience,
      Faults faults,
      Duration faultsLast,
      long seed) {
    this.object = object;
    this.delivery = delivery;
    this.wanted = wanted;
    this.faults = faults;
    this.random = new Random(seed);
    this.faultsEnd = now.plus(faultsLast);
    if (object == UpdateObject.SOFTWARE) {
      stage = DeviceStage.INSTALLED;
      active = true;
    }
    Step first = UpdateMachine.start(object, delivery, wanted, patience, now);
    progress = first.next();
    carryOut(first);
    after(UPDATE_MILLIS, this::updateRegistration);
  }

  private void updateRegistration() {
    if (!sleeping) {
      feed(new UpdateEvent.Heard());
    }
    after(UPDATE_MILLIS, this::updateRegistration);
  }

  /// Runs until the update is over; the number of events is bounded.
  UpdateProgress run() {
    for (int events = 0; events < 20_000 && !progress.isOver(); events++) {
      Due next = agenda.peek();
      if (next == null || wakeAt.isBefore(next.at)) {
        now = wakeAt;
        feed(new UpdateEvent.TimePassed());
      } else {
        agenda.remove();
        now = next.at;
        next.what.run();
      }
      if (happens(faults.serviceCrash)) {
        serviceEpoch++;
        feed(new UpdateEvent.Resumed());
      }
      if (happens(faults.reboot)) {
        reboot();
      }
    }
    return progress;
  }

  private boolean happens(double probability) {
    return now.isBefore(faultsEnd) && random.nextDouble() < probability;
  }

  private void after(long millis, Runnable what) {
    agenda.add(new Due(now.plusMillis(millis), order++, what));
  }

  private void feed(UpdateEvent event) {
    inbox.add(event);
    while (!inbox.isEmpty()) {
      Step step = UpdateMachine.on(progress, inbox.remove(), now);
      progress = step.next();
      carryOut(step);
    }
  }

  private void carryOut(Step step) {
    wakeAt = step.wakeAt().orElse(Instant.MAX);
    for (UpdateCommand command : step.commands()) {
      commandsSent++;
      sent.add(command);
      int epoch = serviceEpoch;
      int boot = bootCount;
      if (happens(faults.loss) || sleeping) {
        after(90_000, () -> answer(epoch, new UpdateEvent.Unanswered(command)));
      } else {
        after(20, () -> receive(command, epoch, boot));
      }
    }
  }

  private void answer(int epoch, UpdateEvent event) {
    if (epoch == serviceEpoch) {
      feed(event);
    }
  }

  private void receive(UpdateCommand command, int epoch, int boot) {
    if (boot != bootCount) {
      after(90_000, () -> answer(epoch, new UpdateEvent.Unanswered(command)));
      return;
    }
    switch (command) {
      case Ask _ -> {
        if (happens(faults.loss)) {
          after(90_000, () -> answer(epoch, new UpdateEvent.Unanswered(command)));
        } else {
          DeviceReport report = report();
          after(10, () -> answer(epoch, new UpdateEvent.Reported(report)));
          after(11, () -> answer(epoch, new UpdateEvent.Answered(command, 205)));
        }
      }
      case Clear _ -> {
        if (stage != DeviceStage.INSTALLING) {
          stage = DeviceStage.IDLE;
          result = 0;
          blocks = 0;
        }
        reply(command, 204, epoch);
      }
      case Push(long from) -> push(command, from, epoch);
      case WriteUri _ -> {
        reply(command, 204, epoch);
        blocks = 0;
        begin();
        int thisBoot = bootCount;
        after(100, () -> fetch(thisBoot));
      }
      case Install _ -> install(command, epoch);
      case Activate _ -> {
        active = true;
        reply(command, 204, epoch);
        notifyService();
      }
    }
  }

  private void begin() {
    stage = DeviceStage.DOWNLOADING;
    result = object == UpdateObject.SOFTWARE ? 1 : 0;
    notifyService();
  }

  private void reply(UpdateCommand command, int code, int epoch) {
    if (happens(faults.loss)) {
      after(90_000, () -> answer(epoch, new UpdateEvent.Unanswered(command)));
    } else {
      after(20, () -> answer(epoch, new UpdateEvent.Answered(command, code)));
    }
  }

  private void push(UpdateCommand command, long from, int epoch) {
    int first = (int) (from * BLOCKS / wanted.bytes());
    if (first > blocks || first > 0 && stage != DeviceStage.DOWNLOADING) {
      reply(command, 408, epoch);
      return;
    }
    blocks = first;
    begin();
    int boot = bootCount;
    after(50, () -> block(command, epoch, boot));
  }

  private void block(UpdateCommand command, int epoch, int boot) {
    if (boot != bootCount || epoch != serviceEpoch || stage != DeviceStage.DOWNLOADING) {
      return;
    }
    if (happens(faults.loss)) {
      after(90_000, () -> answer(epoch, new UpdateEvent.Unanswered(command)));
      return;
    }
    blocks++;
    answer(epoch, new UpdateEvent.Moved(wanted.bytes() * blocks / BLOCKS));
    if (blocks < BLOCKS) {
      after(50, () -> block(command, epoch, boot));
    } else {
      complete();
      reply(command, 204, epoch);
    }
  }

  private void fetch(int boot) {
    if (boot != bootCount || stage != DeviceStage.DOWNLOADING) {
      return;
    }
    blocks++;
    feed(new UpdateEvent.Moved(wanted.bytes() * blocks / BLOCKS));
    if (blocks < BLOCKS) {
      after(50, () -> fetch(boot));
    } else {
      complete();
    }
  }

  private void complete() {
    blocks = 0;
    if (happens(faults.loss)) {
      stage = DeviceStage.IDLE;
      result = object == UpdateObject.FIRMWARE ? 5 : 53;
    } else {
      holdsGood = !happens(faults.badPackage);
      stage = DeviceStage.READY;
      result = object == UpdateObject.SOFTWARE ? 3 : 0;
    }
    notifyService();
  }

  private void install(UpdateCommand command, int epoch) {
    if (stage != DeviceStage.READY) {
      reply(command, 405, epoch);
      return;
    }
    if (installsInBoot == bootCount) {
      installsDuringInstall++;
    }
    installsInBoot = bootCount;
    reply(command, 204, epoch);
    if (object == UpdateObject.FIRMWARE) {
      stage = DeviceStage.INSTALLING;
      notifyService();
    }
    int boot = bootCount;
    after(
        3000,
        () -> {
          if (boot == bootCount) {
            installed();
          }
        });
  }

  private void installed() {
    bootCount++;
    if (holdsGood) {
      installations++;
      version = wanted.version();
    }
    if (object == UpdateObject.FIRMWARE) {
      stage = DeviceStage.IDLE;
      result = holdsGood ? 1 : 8;
    } else {
      stage = DeviceStage.INSTALLED;
      result = holdsGood ? 2 : 58;
      active = false;
    }
    after(500, () -> feed(new UpdateEvent.Registered()));
  }

  void reboot() {
    bootCount++;
    if (stage == DeviceStage.DOWNLOADING) {
      stage = DeviceStage.IDLE;
      result = 0;
      blocks = 0;
    } else if (stage == DeviceStage.INSTALLING
        || stage == DeviceStage.READY && progress.installOrdered()) {
      stage = DeviceStage.READY;
    }
    after(2000, () -> feed(new UpdateEvent.Registered()));
  }

  private void notifyService() {
    if (!happens(faults.loss)) {
      DeviceReport report = report();
      after(10, () -> feed(new UpdateEvent.Reported(report)));
    }
  }

  private DeviceReport report() {
    long state =
        switch (object) {
          case FIRMWARE ->
              switch (stage) {
                case IDLE, INSTALLED -> 0;
                case DOWNLOADING, CHECKING -> 1;
                case READY -> 2;
                case INSTALLING -> 3;
              };
          case SOFTWARE ->
              switch (stage) {
                case IDLE -> 0;
                case DOWNLOADING -> 1;
                case CHECKING -> 2;
                case READY, INSTALLING -> 3;
                case INSTALLED -> 4;
              };
        };
    return new DeviceReport(
        state,
        result,
        Optional.of(version),
        object == UpdateObject.SOFTWARE ? Optional.of(active) : Optional.empty());
  }

  @Override
  public String toString() {
    return object + " " + delivery + " " + progress.phase() + " " + progress.history();
  }
}
