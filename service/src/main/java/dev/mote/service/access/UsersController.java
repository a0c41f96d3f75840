package dev.mote.service.access;

import dev.mote.service.http.Page;
import dev.mote.service.http.PageRequest;
import io.swagger.v3.oas.annotations.Operation;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PatchMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/// Users of a tenant.
@RestController
final class UsersController {

  private final Users users;
  private final Accounts accounts;

  UsersController(Users users, Accounts accounts) {
    this.users = users;
    this.accounts = accounts;
  }

  /// @param issuer OpenID provider that the user comes from
  record User(
      UUID id,
      String name,
      Set<Role> roles,
      boolean system,
      boolean disabled,
      Optional<String> issuer,
      Instant created,
      Optional<Instant> lastLogin) {

    static User of(Account a) {
      return new User(
          a.id(),
          a.name(),
          new TreeSet<>(a.roles()),
          a.system(),
          a.disabled(),
          a.issuer(),
          a.created(),
          a.lastLogin());
    }
  }

  record NewUser(String name, String password, Set<Role> roles) {
    NewUser {
      if (name == null || password == null || roles == null) {
        throw new IllegalArgumentException("needs name, password and roles");
      }
    }

    @Override
    public String toString() {
      return "NewUser[" + name + "]";
    }
  }

  record UserChange(
      Optional<Set<Role>> roles, Optional<Boolean> disabled, Optional<Boolean> system) {}

  /// @param former the present password, needed to change one's own
  record NewPassword(Optional<String> former, String password) {
    NewPassword {
      if (password == null) {
        throw new IllegalArgumentException("needs password");
      }
    }

    @Override
    public String toString() {
      return "NewPassword[]";
    }
  }

  @Operation(summary = "List the users of the tenant")
  @Requires(Role.ADMIN)
  @GetMapping("/v1/users")
  Page<User> listUsers(Caller caller, PageRequest page) {
    return Page.of(
        accounts.list(caller.tenant(), page).stream().map(User::of).toList(), page, User::id);
  }

  @Operation(summary = "Add a user")
  @Requires(Role.ADMIN)
  @PostMapping("/v1/users")
  @ResponseStatus(HttpStatus.CREATED)
  User addUser(Caller caller, @RequestBody NewUser user) {
    return User.of(users.add(caller, user.name(), user.password(), user.roles()));
  }

  @Operation(summary = "Show a user")
  @Requires(Role.ADMIN)
  @GetMapping("/v1/users/{id}")
  User getUser(Caller caller, @PathVariable UUID id) {
    return User.of(users.get(caller, id));
  }

  @Operation(summary = "Change a user's roles, or disable it")
  @Requires(Role.ADMIN)
  @PatchMapping("/v1/users/{id}")
  User changeUser(Caller caller, @PathVariable UUID id, @RequestBody UserChange change) {
    return User.of(users.change(caller, id, change.roles(), change.disabled(), change.system()));
  }

  @Operation(summary = "Delete a user with its tokens")
  @Requires(Role.ADMIN)
  @DeleteMapping("/v1/users/{id}")
  @ResponseStatus(HttpStatus.NO_CONTENT)
  void deleteUser(Caller caller, @PathVariable UUID id) {
    users.delete(caller, id);
  }

  @Operation(summary = "Set a user's password")
  @Requires(Role.VIEWER)
  @PutMapping("/v1/users/{id}/password")
  @ResponseStatus(HttpStatus.NO_CONTENT)
  void setPassword(Caller caller, @PathVariable UUID id, @RequestBody NewPassword body) {
    users.setPassword(caller, id, body.former(), body.password());
  }
}
