package dev.mote.service.store;

import java.io.IOException;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(StoreSettings.class)
class StoreConfiguration {

  @Bean
  Blobs blobs(StoreSettings settings) throws IOException {
    FileBlobs files = new FileBlobs(settings.folder());
    if (settings.bucket().isEmpty()) {
      return files;
    }
    S3Blobs bucket = new S3Blobs(settings, files);
    bucket.check();
    return bucket;
  }
}
