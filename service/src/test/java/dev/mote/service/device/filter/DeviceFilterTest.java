package dev.mote.service.device.filter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mote.orchestration.object.Capabilities;
import dev.mote.service.Databases;
import dev.mote.service.device.Device;
import dev.mote.service.device.DeviceCondition;
import dev.mote.service.device.DeviceState;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;
import tools.jackson.databind.json.JsonMapper;

class DeviceFilterTest {

  private static final Instant NOW = Instant.parse("2026-11-22T12:00:00Z");
  private static final UUID TENANT = new UUID(1, 1);
  private static final List<String> WORDS =
      List.of("a", "ab", "b%", "a_b", "a\\b", "Ab", "*", "ä", "", "7", "12", "012", "x'y", "a b");

  @Test
  void sqlAndMemoryAgreeOnRandomDevicesAndFilters() throws SQLException {
    try (Connection connection = Databases.fresh().getConnection()) {
      compareReadings(connection, new Random(5));
    }
  }

  private static void compareReadings(Connection connection, Random random) {
    JdbcClient jdbc = JdbcClient.create(new SingleConnectionDataSource(connection, true));
    // Compiling a query costs more than running it on this table.
    jdbc.sql("set jit = off").update();
    jdbc.sql("insert into tenant (id, name) values (:id, 'one')").param("id", TENANT).update();
    List<Device> devices = new ArrayList<>();
    for (int i = 0; i < 120; i++) {
      devices.add(randomDevice(random, i));
      insert(jdbc, devices.getLast());
    }
    int some = 0;
    for (int i = 0; i < 500; i++) {
      String text = randomFilter(random, 3);
      DeviceCondition condition = DeviceFilter.parse(text).condition(NOW);
      Set<String> inSql =
          new TreeSet<>(
              jdbc.sql(
                      "select endpoint from device where tenant = :tenant and " + condition.where())
                  .param("tenant", TENANT)
                  .params(condition.parameters())
                  .query(String.class)
                  .list());
      Set<String> inMemory =
          devices.stream()
              .filter(condition.matches())
              .map(Device::endpoint)
              .collect(Collectors.toCollection(TreeSet::new));
      assertThat(inMemory).as(text).isEqualTo(inSql);
      some += inSql.isEmpty() || inSql.size() == devices.size() ? 0 : 1;
    }
    assertThat(some).as("filters that tell devices apart").isGreaterThan(170);
  }

  private static String randomFilter(Random random, int depth) {
    int kind = depth == 0 ? 0 : random.nextInt(4);
    if (kind < 2) {
      return randomComparison(random);
    }
    String sign =
        kind == 2 ? pick(random, List.of(";", " and ")) : pick(random, List.of(",", " or "));
    return Stream.generate(() -> randomFilter(random, depth - 1))
        .limit(2 + random.nextInt(2))
        .map(part -> part.contains(";") || part.contains(",") ? "(" + part + ")" : part)
        .map(part -> part.contains(" or ") || part.contains(" and ") ? "(" + part + ")" : part)
        .collect(Collectors.joining(sign));
  }

  private static String randomComparison(Random random) {
    Field field = pick(random, List.of(Field.values()));
    String name = field.hasKey() ? field.label + pick(random, List.of("a", "site")) : field.label;
    if (random.nextInt(6) == 0) {
      return name + "=isnull=" + random.nextBoolean();
    }
    boolean order = field.kind != Field.Kind.TEXT && random.nextBoolean();
    if (order) {
      return name
          + pick(random, List.of("<", "<=", ">", ">=", "=lt=", "=ge="))
          + value(random, field, true);
    }
    return random.nextBoolean()
        ? name + pick(random, List.of("==", "!=")) + value(random, field, false)
        : name
            + pick(random, List.of("=in=", "=out="))
            + "("
            + value(random, field, false)
            + ","
            + value(random, field, false)
            + ")";
  }

  private static String value(Random random, Field field, boolean order) {
    return switch (field.kind) {
      case NUMBER -> pick(random, List.of("0", "1024", "64kB", "65536", "1MB"));
      case TIME ->
          pick(random, List.of("2026-11-22", "2026-11-22T11:00:00Z", "-1h", "-2d", "-30m", "-0s"));
      case VERSION, TEXT ->
          order
              ? pick(random, List.of("0", "7", "12", "100"))
              : field == Field.STATE
                  ? pick(random, List.of("ONLINE", "SLEEPING", "O*", "*E"))
                  : "'" + quoted(random) + "'";
    };
  }

  private static String quoted(Random random) {
    String word = pick(random, WORDS).replace("\\", "\\\\").replace("'", "\\'").replace("*", "\\*");
    return switch (random.nextInt(5)) {
      case 0 -> "*" + word;
      case 1 -> word + "*";
      case 2 -> "*" + word + "*";
      case 3 -> pick(random, List.of("a*b", "*", "a*a", "**b"));
      default -> word;
    };
  }

  private static Device randomDevice(Random random, int number) {
    Map<String, String> tags = new HashMap<>();
    for (String key : List.of("a", "site", "a b")) {
      maybe(random).ifPresent(value -> tags.put(key, value));
    }
    Set<String> groups = new HashSet<>();
    maybe(random).ifPresent(groups::add);
    maybe(random).ifPresent(groups::add);
    return new Device(
        new UUID(number, random.nextLong()),
        TENANT,
        pick(random, WORDS) + number,
        pick(random, WORDS),
        tags,
        groups,
        pick(random, List.of(DeviceState.values())),
        NOW.minus(Duration.ofMinutes(random.nextInt(5000))),
        random.nextBoolean()
            ? Optional.empty()
            : Optional.of(NOW.minus(Duration.ofMinutes(30L * random.nextInt(5)))),
        Optional.empty(),
        random.nextInt(4) == 0 ? Optional.empty() : Optional.of(capabilities(random)),
        Optional.empty(),
        maybe(random),
        maybe(random),
        Optional.empty());
  }

  private static Capabilities capabilities(Random random) {
    return new Capabilities(
        maybe(random),
        maybe(random),
        maybe(random),
        maybe(random),
        maybe(random),
        new TreeSet<>(),
        maybe(random),
        OptionalLong.empty(),
        OptionalLong.empty(),
        random.nextBoolean() ? OptionalLong.empty() : OptionalLong.of(random.nextInt(5) << 14),
        OptionalLong.empty(),
        random.nextBoolean() ? OptionalLong.empty() : OptionalLong.of(random.nextInt(3) << 20),
        OptionalLong.empty(),
        Optional.empty(),
        new TreeSet<>(),
        new TreeSet<>(),
        Optional.empty(),
        new TreeSet<>(),
        OptionalLong.empty(),
        List.of(),
        Set.of(),
        Set.of(),
        new TreeSet<>());
  }

  private static void insert(JdbcClient jdbc, Device device) {
    Optional<Capabilities> can = device.capabilities();
    jdbc.sql(
            """
            insert into device (id, tenant, endpoint, name, state, created, last_contact, manufacturer, model,
                firmware_version, target, architecture, core, ram_free, flash_free, module_name, module_version,
                tags, groups)
            values (:id, :tenant, :endpoint, :name, :state, :created, :contact, :manufacturer, :model,
                :firmware, :target, :architecture, :core, :ram, :flash, :module, :version,
                :tags::jsonb, :groups)
            """)
        .param("id", device.id())
        .param("tenant", device.tenant())
        .param("endpoint", device.endpoint())
        .param("name", device.name())
        .param("state", device.state().name())
        .param("created", device.created().atOffset(ZoneOffset.UTC))
        .param("contact", device.lastContact().map(at -> at.atOffset(ZoneOffset.UTC)).orElse(null))
        .param("manufacturer", can.flatMap(Capabilities::manufacturer).orElse(null))
        .param("model", can.flatMap(Capabilities::model).orElse(null))
        .param("firmware", can.flatMap(Capabilities::firmwareVersion).orElse(null))
        .param("target", can.flatMap(Capabilities::target).orElse(null))
        .param("architecture", can.flatMap(Capabilities::architecture).orElse(null))
        .param("core", can.flatMap(Capabilities::core).orElse(null))
        .param(
            "ram",
            can.map(Capabilities::ramFreeBytes).flatMap(DeviceFilterTest::boxed).orElse(null))
        .param(
            "flash",
            can.map(Capabilities::flashFreeBytes).flatMap(DeviceFilterTest::boxed).orElse(null))
        .param("module", device.moduleName().orElse(null))
        .param("version", device.moduleVersion().orElse(null))
        .param("tags", JsonMapper.shared().writeValueAsString(device.tags()))
        .param("groups", device.groups().toArray(String[]::new))
        .update();
  }

  private static Optional<Long> boxed(OptionalLong number) {
    return number.isPresent() ? Optional.of(number.getAsLong()) : Optional.empty();
  }

  private static Optional<String> maybe(Random random) {
    return random.nextInt(3) == 0 ? Optional.empty() : Optional.of(pick(random, WORDS));
  }

  private static <T> T pick(Random random, List<T> some) {
    return some.get(random.nextInt(some.size()));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "manufactuer==x | at character 1: a device has no field 'manufactuer' | Did you mean manufacturer?",
        "state==ONLNE | at character 8: no device is ever in state 'ONLNE' | Did you mean ONLINE?",
        "name==a;ramFree>=big | at character 18: 'big' is not a number | Write 65536 or 64kB.",
        "name=a | at character 5: no operator begins here | Did you mean ==?",
        "name=inn=(a) | at character 5: no operator begins here | Did you mean =in=?",
        "name<a | at character 5: name is a text and has no order | It takes ==, !=, =in=, =out= and =isnull=.",
        "(name==a | at character 9: expected ) | ``",
        "name==a) | at character 8: this parenthesis was not opened | ``",
        "name==a name==b | at character 9: expected ; or , before the next comparison | ``",
        "name=='a | at character 7: the quotation that begins here does not end | ``",
        "name=in=a | at character 9: expected ( after =in= | ``",
        "name==a;; | at character 9: expected a field, such as endpoint or tag.site | ``",
        "created>yesterday | at character 9: 'yesterday' is not a time | Write 2026-11-22, 2026-11-22T08:00:00Z, or -2h for two hours ago.",
        "tag.==a | at character 1: a device has no field 'tag.' | Did you mean tags?",
        "name==*a*b*c*d*e* | at character 7: a value has at most 5 wildcards | ``",
        "`` | at character 1: expected a field, such as endpoint or tag.site | ``",
      })
  void aMistakeIsShownWhereItIs(String text, String message, String fix) {
    assertThatThrownBy(() -> DeviceFilter.parse(text))
        .isInstanceOfSatisfying(
            FilterRefused.class, refused -> assertThat(refused.fix()).isEqualTo(fix))
        .hasMessage(message);
  }

  @Test
  void hostileFiltersAreRefusedSoon() {
    for (String text :
        List.of(
            "(".repeat(1990),
            "(".repeat(30) + "name==a" + ")".repeat(30),
            "name==a;".repeat(60) + "name==b",
            "a".repeat(100_000),
            "name==" + "*".repeat(1900),
            "name=='\u0000'",
            "ramFree==" + "9".repeat(1000),
            "created==+999999999-01-01T00:00:00Z",
            "created==0000-01-01",
            "created>-99999999999999d")) {
      assertThatThrownBy(() -> DeviceFilter.parse(text)).isInstanceOf(FilterRefused.class);
    }
    Random random = new Random(1);
    String signs = "name==a;,()'\"*<>!=in t.-0\\";
    for (int i = 0; i < 20_000; i++) {
      StringBuilder text = new StringBuilder();
      for (int j = random.nextInt(20); j >= 0; j--) {
        text.append(signs.charAt(random.nextInt(signs.length())));
      }
      try {
        DeviceFilter.parse(text.toString()).condition(NOW);
      } catch (FilterRefused refused) {
        assertThat(refused.position()).isBetween(0, text.length());
      }
    }
  }

  @Test
  void valuesNeverStandInTheSql() {
    DeviceCondition condition =
        DeviceFilter.parse("tag.drop==x1 or tags=='; drop table' or created>2020-01-01")
            .condition(NOW);
    assertThat(condition.where()).doesNotContain("x1").doesNotContain("drop").doesNotContain("20");
  }
}
