package dev.mote.service.page;

import java.io.IOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.io.FileSystemResource;
import org.springframework.core.io.Resource;
import org.springframework.http.CacheControl;
import org.springframework.web.servlet.config.annotation.ResourceHandlerRegistry;
import org.springframework.web.servlet.config.annotation.ViewControllerRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;
import org.springframework.web.servlet.resource.PathResourceResolver;

/// Answers with the files of the pages. A path without a file is a place within the one page, which
/// finds it by itself, unless it belongs to the service's other interfaces.
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(PageSettings.class)
class PageFiles implements WebMvcConfigurer {

  private final Resource folder;

  PageFiles(PageSettings settings) {
    // The separator at the end makes it a folder.
    this.folder = new FileSystemResource(settings.found().toAbsolutePath() + "/");
  }

  @Override
  public void addViewControllers(ViewControllerRegistry registry) {
    // Nothing resolves an empty path.
    registry.addViewController("/").setViewName("forward:/index.html");
  }

  @Override
  public void addResourceHandlers(ResourceHandlerRegistry registry) {
    // Vite names these after their content.
    registry
        .addResourceHandler("/assets/**")
        .addResourceLocations(within("assets/"))
        .setCacheControl(CacheControl.maxAge(Duration.ofDays(365)).immutable());
    registry
        .addResourceHandler("/**")
        .addResourceLocations(folder)
        .setCacheControl(CacheControl.noCache())
        .resourceChain(false)
        .addResolver(new OnePage());
  }

  private Resource within(String path) {
    try {
      return folder.createRelative(path);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static final class OnePage extends PathResourceResolver {

    @Override
    protected @Nullable Resource getResource(String path, Resource location) throws IOException {
      Resource file = super.getResource(path, location);
      if (file != null || path.startsWith("v1/") || path.contains(".")) {
        return file;
      }
      return super.getResource("index.html", location);
    }
  }
}
