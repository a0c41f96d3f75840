package dev.mote.service.registry;

import dev.mote.service.access.Quota;
import dev.mote.service.access.Quotas;
import dev.mote.service.store.HoldListener;
import java.util.UUID;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(RegistrySettings.class)
class RegistryConfiguration {

  /// What a tenant holds in the store counts against its quota.
  @Bean
  HoldListener heldBytes(Quotas quotas) {
    return new HoldListener() {
      @Override
      public void taken(UUID tenant, long bytes) {
        quotas.take(tenant, Quota.ARTIFACT_BYTES, bytes);
      }

      @Override
      public void given(UUID tenant, long bytes) {
        quotas.give(tenant, Quota.ARTIFACT_BYTES, bytes);
      }
    };
  }
}
