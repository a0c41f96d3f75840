package dev.mote.service.device.group;

import dev.mote.service.access.Caller;
import dev.mote.service.access.Requires;
import dev.mote.service.access.Role;
import dev.mote.service.http.Page;
import dev.mote.service.http.PageRequest;
import dev.mote.service.http.Problem;
import io.swagger.v3.oas.annotations.Operation;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/// Groups of devices.
@RestController
class GroupsController {

  private static final int MOST = 10_000;

  private final Groups groups;

  GroupsController(Groups groups) {
    this.groups = groups;
  }

  /// @param filter keeps the group; without, people put devices in
  record NewGroup(String name, Optional<String> filter) {}

  /// @param in ids of devices to be put in
  /// @param out ids of devices to be taken out
  record Change(Optional<List<UUID>> in, Optional<List<UUID>> out) {}

  /// @param changed how many devices are in or out that were not before
  record Changed(int changed) {}

  @Operation(summary = "List groups of devices")
  @Requires(Role.VIEWER)
  @GetMapping("/v1/groups")
  Page<Group> listGroups(Caller caller, PageRequest page) {
    return Page.of(groups.list(caller.tenant(), page.afterOrFirst(), page.rows()), page, Group::id);
  }

  @Operation(summary = "Make a group of devices, with a filter or by hand")
  @Requires(Role.OPERATOR)
  @PostMapping("/v1/groups")
  @ResponseStatus(HttpStatus.CREATED)
  Group createGroup(Caller caller, @RequestBody NewGroup wanted) {
    return groups.create(caller, wanted.name(), wanted.filter());
  }

  @Operation(summary = "Show a group; its devices are at /v1/devices?filter=group==NAME")
  @Requires(Role.VIEWER)
  @GetMapping("/v1/groups/{id}")
  Group showGroup(Caller caller, @PathVariable UUID id) {
    return groups.find(caller.tenant(), id);
  }

  @Operation(summary = "Put devices into a group and take others out")
  @Requires(Role.OPERATOR)
  @PostMapping("/v1/groups/{id}/devices")
  Changed changeGroup(Caller caller, @PathVariable UUID id, @RequestBody Change change) {
    List<UUID> in = change.in().orElse(List.of());
    List<UUID> out = change.out().orElse(List.of());
    if (in.size() + out.size() > MOST) {
      throw Problem.invalid("in", "are at most %,d at a time, with 'out'".formatted(MOST));
    }
    return new Changed(groups.change(caller, id, in, out));
  }

  @Operation(summary = "Delete a group; its devices stay")
  @Requires(Role.OPERATOR)
  @DeleteMapping("/v1/groups/{id}")
  @ResponseStatus(HttpStatus.NO_CONTENT)
  void deleteGroup(Caller caller, @PathVariable UUID id) {
    groups.delete(caller, id);
  }
}
