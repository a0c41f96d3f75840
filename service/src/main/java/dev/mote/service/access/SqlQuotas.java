package dev.mote.service.access;

import java.sql.Types;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/// Quotas as rows of the table `quota`. Taking is one statement, so that two callers at once cannot
/// both have the last of something.
@Component
final class SqlQuotas implements Quotas {

  private final JdbcClient jdbc;
  private final QuotaSettings settings;

  SqlQuotas(JdbcClient jdbc, QuotaSettings settings) {
    this.jdbc = jdbc;
    this.settings = settings;
  }

  @Override
  public void take(UUID tenant, Quota what, long amount) {
    if (amount < 0) {
      throw new IllegalArgumentException("amount " + amount);
    }
    long usual = settings.of(what);
    int changed =
        jdbc.sql(
                """
                insert into quota (tenant, what, used)
                select :tenant, :what, :amount where :amount <= :usual
                  or exists (select 1 from quota where tenant = :tenant and what = :what)
                on conflict (tenant, what) do update set used = quota.used + :amount
                where quota.used + :amount <= coalesce(quota."limit", :usual)
                """)
            .param("tenant", tenant)
            .param("what", what.name())
            .param("amount", amount)
            .param("usual", usual)
            .update();
    if (changed == 0) {
      throw exceeded(tenant, what, amount, usual);
    }
  }

  void limit(UUID tenant, Quota what, Optional<Long> limit) {
    jdbc.sql(
            """
            insert into quota (tenant, what, "limit") values (:tenant, :what, :limit)
            on conflict (tenant, what) do update set "limit" = :limit
            """)
        .param("tenant", tenant)
        .param("what", what.name())
        .param("limit", limit.orElse(null), Types.BIGINT)
        .update();
  }

  QuotaUse use(UUID tenant, Quota what) {
    return use(tenant, what, settings.of(what));
  }

  private RuntimeException exceeded(UUID tenant, Quota what, long amount, long usual) {
    QuotaUse use = use(tenant, what, usual);
    String name = what.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    var problem =
        AccessCodes.QUOTA.problem(
            "the tenant may have %d %s and has %d; this would take %d more"
                .formatted(use.limit(), name, use.used(), amount),
            what.passes()
                ? "try again when some have ended, or ask the administrator for more."
                : "delete some, or ask the administrator of the service for more.");
    return what.passes() ? AccessCodes.busy(problem).retryAfter(Duration.ofSeconds(10)) : problem;
  }

  private QuotaUse use(UUID tenant, Quota what, long usual) {
    return jdbc.sql(
            """
            select coalesce("limit", :usual) as most, used from quota where tenant = :tenant and what = :what
            """)
        .param("tenant", tenant)
        .param("what", what.name())
        .param("usual", usual)
        .query((row, _) -> new QuotaUse(what, row.getLong("most"), row.getLong("used")))
        .optional()
        .orElseGet(() -> new QuotaUse(what, usual, 0));
  }

  @Override
  public void give(UUID tenant, Quota what, long amount) {
    jdbc.sql(
            """
            update quota set used = greatest(0, used - :amount) where tenant = :tenant and what = :what
            """)
        .param("tenant", tenant)
        .param("what", what.name())
        .param("amount", amount)
        .update();
  }
}
