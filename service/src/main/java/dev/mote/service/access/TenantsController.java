package dev.mote.service.access;

import dev.mote.service.http.Page;
import dev.mote.service.http.PageRequest;
import dev.mote.service.http.Problem;
import io.swagger.v3.oas.annotations.Operation;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.springframework.http.HttpStatus;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/// Tenants and what they may use.
@RestController
class TenantsController {

  private final Tenants tenants;
  private final Users users;
  private final SqlQuotas quotas;
  private final Audit audit;

  TenantsController(Tenants tenants, Users users, SqlQuotas quotas, Audit audit) {
    this.tenants = tenants;
    this.users = users;
    this.quotas = quotas;
    this.audit = audit;
  }

  /// @param admin name of its first user
  /// @param password of its first user
  record NewTenant(String name, String admin, String password) {
    NewTenant {
      if (name == null || admin == null || password == null) {
        throw new IllegalArgumentException("needs name, admin and password");
      }
    }

    @Override
    public String toString() {
      return "NewTenant[" + name + "]";
    }
  }

  /// @param limit empty for the configured one
  record NewLimit(Optional<Long> limit) {
    NewLimit {
      if (limit.isPresent() && limit.get() < 0) {
        throw new IllegalArgumentException("limit must not be negative");
      }
    }
  }

  @Operation(summary = "List all tenants")
  @Requires(value = Role.ADMIN, system = true)
  @GetMapping("/v1/tenants")
  Page<Tenants.Tenant> listTenants(PageRequest page) {
    return Page.of(tenants.list(page), page, Tenants.Tenant::id);
  }

  @Operation(summary = "Add a tenant with its first administrator")
  @Requires(value = Role.ADMIN, system = true)
  @PostMapping("/v1/tenants")
  @ResponseStatus(HttpStatus.CREATED)
  Tenants.Tenant addTenant(Caller caller, @RequestBody NewTenant tenant) {
    return users.addTenant(caller, tenant.name(), tenant.admin(), tenant.password());
  }

  @Operation(summary = "Show a tenant")
  @Requires(value = Role.ADMIN, system = true)
  @GetMapping("/v1/tenants/{id}")
  Tenants.Tenant getTenant(@PathVariable UUID id) {
    return tenants.find(id).orElseThrow(() -> Problem.notFound("tenant", id));
  }

  @Operation(summary = "Show what another tenant uses and may use")
  @Requires(value = Role.ADMIN, system = true)
  @GetMapping("/v1/tenants/{id}/quotas")
  List<QuotaUse> getTenantQuotas(@PathVariable UUID id) {
    return uses(getTenant(id).id());
  }

  @Operation(summary = "Set how much a tenant may use")
  @Requires(value = Role.ADMIN, system = true)
  @PutMapping("/v1/tenants/{id}/quotas/{what}")
  @Transactional
  public QuotaUse setQuota(
      Caller caller, @PathVariable UUID id, @PathVariable Quota what, @RequestBody NewLimit body) {
    UUID tenant = getTenant(id).id();
    quotas.limit(tenant, what, body.limit());
    audit.record(
        caller,
        "quota.set",
        "tenant/" + id,
        Map.of("what", what, "limit", body.limit().map(String::valueOf).orElse("configured")));
    return quotas.use(tenant, what);
  }

  @Operation(summary = "Show what the tenant uses and may use")
  @Requires(Role.VIEWER)
  @GetMapping("/v1/quotas")
  List<QuotaUse> getQuotas(Caller caller) {
    return uses(caller.tenant());
  }

  private List<QuotaUse> uses(UUID tenant) {
    return Arrays.stream(Quota.values()).map(what -> quotas.use(tenant, what)).toList();
  }
}
