package dev.mote.service.device;

import dev.mote.orchestration.gateway.GatewaySettings;
import dev.mote.orchestration.gateway.Secret;
import dev.mote.service.access.Audit;
import dev.mote.service.access.Quotas;
import dev.mote.service.access.Secrets;
import dev.mote.service.compilation.Compilation;
import dev.mote.service.event.Events;
import dev.mote.service.registry.Registry;
import dev.mote.service.store.Artifacts;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/// Puts the parts of this package together.
@Configuration(proxyBeanMethods = false)
class DeviceConfiguration {

  private static final Duration OFFER_TIME = Duration.ofDays(1);
  private static final int TOKEN_BYTES = 32;

  @Bean
  Fleet fleet(ObjectProvider<FleetListener> listeners) {
    return new Fleet(() -> listeners.orderedStream().toList());
  }

  @Bean(destroyMethod = "close")
  Signals signals(DataSource source, JdbcClient jdbc, Lwm2mSettings settings) {
    return new Signals(source, jdbc, settings.nodeName());
  }

  @Bean(destroyMethod = "close")
  SqlJournal journal(
      DataSource source, Clock clock, DeviceSettings settings, Signals signals, Wishes wishes) {
    return new SqlJournal(
        source,
        clock,
        signals.node(),
        settings.kept(),
        (node, endpoint) -> {
          signals.tell(node, Signals.Kind.LOST, endpoint);
          wishes.doubt(endpoint);
        });
  }

  @Bean(destroyMethod = "close")
  Wishes wishes(
      JdbcClient jdbc, Clock clock, DeviceSettings settings, Signals signals, EmptyQueues queues) {
    return new Wishes(jdbc, clock, settings, signals.node(), queues);
  }

  @Bean
  EmptyQueues emptyQueues() {
    return new EmptyQueues();
  }

  @Bean
  DeviceHistory deviceHistory(JdbcClient jdbc, Clock clock, DeviceSettings settings) {
    return new DeviceHistory(jdbc, clock, settings.history());
  }

  @Bean(destroyMethod = "close")
  SqlRequests deviceRequests(
      DataSource source,
      JdbcClient jdbc,
      PlatformTransactionManager transactions,
      Clock clock,
      Signals signals,
      EmptyQueues queues,
      Wishes wishes) {
    return new SqlRequests(
        source, jdbc, new TransactionTemplate(transactions), clock, signals, queues, wishes);
  }

  @Bean(destroyMethod = "close")
  Contacts contacts(
      JdbcClient jdbc,
      PlatformTransactionManager transactions,
      Clock clock,
      DeviceSettings settings,
      SqlRequests requests,
      Wishes wishes,
      DeviceHistory history,
      Events events,
      Fleet fleet) {
    return new Contacts(
        jdbc,
        new TransactionTemplate(transactions),
        clock,
        settings,
        requests,
        wishes,
        history,
        events,
        fleet);
  }

  @Bean
  CapabilityReader capabilityReader(
      JdbcClient jdbc,
      Clock clock,
      SqlRequests requests,
      DeviceHistory history,
      Events events,
      Fleet fleet) {
    CapabilityReader reader = new CapabilityReader(jdbc, clock, requests, history, events, fleet);
    requests.register(reader);
    return reader;
  }

  @Bean(destroyMethod = "close")
  SqlCredentials credentials(JdbcClient jdbc, Secrets secrets, Clock clock, Lwm2mSettings settings)
      throws IOException, GeneralSecurityException {
    return new SqlCredentials(
        jdbc, secrets, clock, PemFiles.certificates(settings.authorities()), false);
  }

  @Bean
  Provisioning provisioning(
      JdbcClient jdbc,
      PlatformTransactionManager transactions,
      Clock clock,
      Secrets secrets,
      Quotas quotas,
      Audit audit,
      Events events,
      Fleet fleet,
      DeviceHistory history) {
    return new Provisioning(
        jdbc,
        new TransactionTemplate(transactions),
        clock,
        secrets,
        quotas,
        audit,
        events,
        fleet,
        history);
  }

  @Bean
  Packages packages(
      Registry registry, Artifacts artifacts, JdbcClient jdbc, Compilation compilation) {
    return new Packages(registry, artifacts, jdbc, compilation::packaged);
  }

  @Bean
  UpdateExecutor updateExecutor(
      JdbcClient jdbc,
      PlatformTransactionManager transactions,
      Clock clock,
      SqlRequests requests,
      Packages packages,
      CapabilityReader capabilities,
      DeviceHistory history,
      Events events,
      ObjectProvider<UpdateListener> listeners,
      ObjectProvider<Lwm2mServer> server) {
    UpdateExecutor executor =
        new UpdateExecutor(
            jdbc,
            new TransactionTemplate(transactions),
            clock,
            requests,
            packages,
            capabilities,
            history,
            events,
            () -> listeners.orderedStream().toList(),
            (endpoint, request) -> server.getObject().stop(endpoint, request));
    requests.register(executor);
    return executor;
  }

  @Bean
  SqlUpdates updates(JdbcClient jdbc, UpdateExecutor executor) {
    return new SqlUpdates(jdbc, executor);
  }

  @Bean
  UserRequests userRequests(
      JdbcClient jdbc,
      PlatformTransactionManager transactions,
      Clock clock,
      DeviceSettings settings,
      SqlRequests requests,
      DeviceHistory history,
      Events events,
      Audit audit) {
    UserRequests users =
        new UserRequests(
            jdbc,
            new TransactionTemplate(transactions),
            clock,
            settings,
            requests,
            history,
            events,
            audit);
    requests.register(users);
    return users;
  }

  @Bean
  DeviceExplainer deviceExplainer(JdbcClient jdbc, Clock clock) {
    return new DeviceExplainer(jdbc, clock);
  }

  @Bean
  DeviceDetails deviceDetails(JdbcClient jdbc) {
    return new DeviceDetails(jdbc);
  }

  @Bean
  KnownDevices knownDevices(JdbcClient jdbc, DeviceSettings settings) {
    return new KnownDevices(jdbc, settings.kept());
  }

  @Bean
  LastContacts lastContacts(JdbcClient jdbc, Clock clock) {
    return new LastContacts(jdbc, clock);
  }

  @Bean
  Lwm2mServer lwm2mServer(
      Lwm2mSettings settings,
      SqlJournal journal,
      SqlRequests requests,
      Wishes wishes,
      SqlCredentials credentials,
      Artifacts artifacts,
      Contacts contacts,
      CapabilityReader capabilities,
      KnownDevices known,
      Signals signals,
      JdbcClient jdbc,
      Clock clock,
      Secrets secrets,
      UpdateExecutor updates,
      MeterRegistry meters,
      ObjectProvider<MeasurementListener> listeners)
      throws IOException, GeneralSecurityException {
    List<MeasurementListener> told = new ArrayList<>();
    return new Lwm2mServer(
        new Lwm2mServer.Parts(
            gatewaySettings(settings, signals.node(), clock, tokens(jdbc, secrets))
                .withSessions(new SqlSessions(jdbc, secrets, signals.node(), clock)),
            journal,
            requests,
            wishes,
            credentials,
            new ArtifactPackages(artifacts),
            contacts,
            capabilities,
            known,
            signals,
            jdbc,
            clock,
            new DeviceMetrics(meters, journal, contacts)),
        () -> updates,
        () -> {
          synchronized (told) {
            if (told.isEmpty()) {
              told.addAll(listeners.orderedStream().toList());
            }
            return List.copyOf(told);
          }
        });
  }

  @Bean
  BootstrapDoor bootstrapDoor(
      BootstrapSettings settings,
      Lwm2mSettings lwm2m,
      JdbcClient jdbc,
      PlatformTransactionManager transactions,
      Secrets secrets,
      DeviceHistory history,
      Compilation compilation,
      Clock clock)
      throws IOException, GeneralSecurityException {
    GatewaySettings gateway =
        GatewaySettings.standard("bootstrap", clock)
            .withTimes(
                new GatewaySettings.Times(lwm2m.answerTime(), lwm2m.awakeTime(), lwm2m.ackTime()));
    if (settings.address().isPresent()) {
      gateway = gateway.withCoaps(settings.address().get());
      if (lwm2m.key().isPresent()) {
        gateway =
            gateway.withServerKey(
                PemFiles.serverKey(Path.of(lwm2m.key().get()), lwm2m.certificate().map(Path::of)));
      }
    }
    return new BootstrapDoor(
        gateway,
        new SqlCredentials(jdbc, secrets, clock, PemFiles.certificates(lwm2m.authorities()), true),
        new Bootstraps(
            jdbc,
            new TransactionTemplate(transactions),
            secrets,
            history,
            clock,
            settings.server().orElseGet(() -> account(lwm2m)),
            settings.lifetime(),
            compilation::signingKey));
  }

  private static URI account(Lwm2mSettings lwm2m) {
    int port = lwm2m.coapsAddress().map(InetSocketAddress::getPort).orElse(0);
    return URI.create("coaps://%s:%d".formatted(lwm2m.anyHost(), port));
  }

  private static GatewaySettings gatewaySettings(
      Lwm2mSettings settings, String node, Clock clock, Secret tokens)
      throws IOException, GeneralSecurityException {
    GatewaySettings all =
        GatewaySettings.standard(node, clock)
            .withPackages(
                new GatewaySettings.PackageUris(settings.publicHost(), tokens, OFFER_TIME));
    all =
        all.withTimes(
            new GatewaySettings.Times(
                settings.answerTime(), settings.awakeTime(), settings.ackTime()));
    if (settings.coapAddress().isPresent()) {
      all = all.withCoap(settings.coapAddress().get());
    }
    if (settings.coapsAddress().isPresent()) {
      all = all.withCoaps(settings.coapsAddress().get());
    }
    if (settings.key().isPresent()) {
      all =
          all.withServerKey(
              PemFiles.serverKey(
                  Path.of(settings.key().get()), settings.certificate().map(Path::of)));
    }
    return all;
  }

  /// What signs the addresses of packages: one secret for all processes, made by the first.
  private static Secret tokens(JdbcClient jdbc, Secrets secrets) {
    String name = "package-tokens";
    byte[] fresh = new byte[TOKEN_BYTES];
    new SecureRandom().nextBytes(fresh);
    jdbc.sql(
            """
            insert into device_secret (name, sealed) values (:name, :sealed)
            on conflict (name) do nothing
            """)
        .param("name", name)
        .param("sealed", secrets.seal(name, fresh))
        .update();
    byte[] sealed =
        jdbc.sql("select sealed from device_secret where name = :name")
            .param("name", name)
            .query(byte[].class)
            .single();
    return Secret.of(secrets.open(name, sealed));
  }
}
