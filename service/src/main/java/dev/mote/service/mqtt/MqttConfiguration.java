package dev.mote.service.mqtt;

import dev.mote.service.device.KnownDevices;
import dev.mote.service.device.LastContacts;
import dev.mote.service.device.Lwm2mSettings;
import dev.mote.service.device.MeasurementListener;
import dev.mote.service.event.EventLog;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;
import tools.jackson.databind.json.JsonMapper;

@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(MqttSettings.class)
class MqttConfiguration {

  @Bean
  MqttLink mqttLink(
      MqttSettings settings,
      Lwm2mSettings lwm2m,
      JdbcClient jdbc,
      PlatformTransactionManager transactions,
      KnownDevices devices,
      LastContacts contacts,
      ObjectProvider<MeasurementListener> listeners,
      EventLog log,
      JsonMapper json,
      Clock clock,
      MeterRegistry meters) {
    TenantNames tenants = new TenantNames(jdbc);
    TelemetryIn in =
        new TelemetryIn(
            settings,
            tenants,
            devices,
            contacts,
            () -> listeners.orderedStream().toList(),
            clock,
            meters);
    return new MqttLink(
        settings,
        settings.clientId().orElseGet(() -> "mote-" + lwm2m.nodeName()),
        in,
        client ->
            new EventsOut(
                client,
                new Topics(settings.prefix()),
                tenants,
                log,
                jdbc,
                new TransactionTemplate(transactions),
                json,
                meters),
        meters);
  }
}
