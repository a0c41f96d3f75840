package dev.mote.service.device;

import dev.mote.orchestration.gateway.Answer;
import dev.mote.orchestration.gateway.NodePath;
import dev.mote.orchestration.gateway.Request;
import dev.mote.orchestration.gateway.Value;
import dev.mote.orchestration.object.ResourcePath;
import dev.mote.orchestration.update.DeviceReport;
import dev.mote.orchestration.update.UpdateCommand;
import dev.mote.orchestration.update.UpdateEvent;
import dev.mote.orchestration.update.UpdateObject;
import dev.mote.orchestration.update.UpdateProgress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What the commands of an update mean as requests, and the answers as events.
final class UpdateRequests {

  private static final int INSTANCE = 0;
  private static final int NOT_FOUND = 404;

  /// Firmware Version of object 3.
  private static final ResourcePath FIRMWARE_THAT_RUNS = new ResourcePath(3, 0, 3);

  private UpdateRequests() {}

  /// The request that a command is.
  static Request of(UpdateProgress update, UpdateCommand command) {
    UpdateObject object = update.object();
    return switch (command) {
      case UpdateCommand.Ask() -> {
        List<NodePath> paths = new ArrayList<>();
        paths.add(NodePath.of(in(object, object.stateResource())));
        paths.add(NodePath.of(in(object, object.resultResource())));
        paths.add(NodePath.of(in(object, object.versionResource())));
        paths.add(
            NodePath.of(
                switch (object) {
                  case FIRMWARE -> FIRMWARE_THAT_RUNS;
                  case SOFTWARE -> in(object, UpdateObject.SOFTWARE_ACTIVE);
                }));
        yield new Request.Read(paths);
      }
      case UpdateCommand.Clear() ->
          switch (object) {
            case FIRMWARE -> reset(update);
            case SOFTWARE -> new Request.Execute(in(object, UpdateObject.SOFTWARE_UNINSTALL), "1");
          };
      case UpdateCommand.Push(long from) ->
          new Request.Push(in(object, object.packageResource()), update.wanted().sha256(), from);
      case UpdateCommand.WriteUri() ->
          new Request.Offer(in(object, object.uriResource()), update.wanted().sha256());
      case UpdateCommand.Install() -> new Request.Execute(in(object, object.installResource()), "");
      case UpdateCommand.Activate() ->
          new Request.Execute(in(object, UpdateObject.SOFTWARE_ACTIVATE), "");
    };
  }

  /// What resets object 5 (LwM2M Core 1.1, E.6): a NULL byte in Package, or an empty Package URI;
  /// the one that the device must have for how it gets its packages.
  private static Request reset(UpdateProgress update) {
    UpdateObject object = update.object();
    return switch (update.delivery()) {
      case PUSH -> Request.Write.of(in(object, object.packageResource()), Value.of(new byte[1]));
      case PULL -> Request.Write.of(in(object, object.uriResource()), new Value.Text(""));
    };
  }

  /// Observations of state and result, for as long as the device is registered.
  static List<Request> observing(UpdateObject object) {
    return List.of(
        new Request.Observe(NodePath.of(in(object, object.stateResource()))),
        new Request.Observe(NodePath.of(in(object, object.resultResource()))));
  }

  /// Whether a value is the state or result of an update object.
  static boolean isState(ResourcePath path) {
    for (UpdateObject object : UpdateObject.values()) {
      if (path.object() == object.id()
          && (path.resource() == object.stateResource()
              || path.resource() == object.resultResource())) {
        return true;
      }
    }
    return false;
  }

  /// What an answer to a command of an update says.
  static List<UpdateEvent> events(UpdateProgress update, UpdateCommand command, Answer answer) {
    return switch (answer) {
      case Answer.Silence _, Answer.Unsent _ -> List.of(new UpdateEvent.Unanswered(command));
      case Answer.Received received ->
          command instanceof UpdateCommand.Ask
              ? report(update, command, received)
              : List.of(new UpdateEvent.Answered(command, received.code()));
    };
  }

  private static List<UpdateEvent> report(
      UpdateProgress update, UpdateCommand command, Answer.Received answer) {
    UpdateObject object = update.object();
    Optional<Long> state = whole(answer, object, object.stateResource());
    Optional<Long> result = whole(answer, object, object.resultResource());
    if (state.isEmpty() || result.isEmpty()) {
      int code =
          answer.refused().values().stream()
              .filter(refused -> refused / 100 > 2)
              .findFirst()
              .orElse(answer.code() / 100 == 2 ? NOT_FOUND : answer.code());
      return List.of(new UpdateEvent.Answered(command, code));
    }
    DeviceReport report = DeviceReport.of(state.get(), result.get());
    Optional<Value> version = value(answer, object, object.versionResource());
    if (version.isPresent() && version.get() instanceof Value.Text(String text)) {
      report = report.withVersion(text);
    }
    if (object == UpdateObject.FIRMWARE && runs(answer, update.wanted().version())) {
      // The version of the package is no resource that a device must have, nor one that it keeps.
      report = report.withVersion(update.wanted().version());
    }
    Optional<Value> active = value(answer, object, UpdateObject.SOFTWARE_ACTIVE);
    if (object == UpdateObject.SOFTWARE
        && active.isPresent()
        && active.get() instanceof Value.Flag(boolean flag)) {
      report = report.withActive(flag);
    }
    return List.of(
        new UpdateEvent.Answered(command, answer.code()), new UpdateEvent.Reported(report));
  }

  private static boolean runs(Answer.Received answer, String version) {
    return answer.values().getOrDefault(FIRMWARE_THAT_RUNS, List.of()).stream()
        .anyMatch(new Value.Text(version)::equals);
  }

  private static Optional<Long> whole(Answer.Received answer, UpdateObject object, int resource) {
    return value(answer, object, resource)
        .flatMap(
            v -> v instanceof Value.Whole(long number) ? Optional.of(number) : Optional.empty());
  }

  private static Optional<Value> value(Answer.Received answer, UpdateObject object, int resource) {
    Map<ResourcePath, List<Value>> values = answer.values();
    return values.getOrDefault(in(object, resource), List.of()).stream().findFirst();
  }

  private static ResourcePath in(UpdateObject object, int resource) {
    return new ResourcePath(object.id(), INSTANCE, resource);
  }
}
