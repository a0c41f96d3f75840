package dev.mote.service.access;

import dev.mote.service.http.ProblemWriter;
import jakarta.servlet.DispatcherType;
import java.util.List;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.HttpMethod;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configurers.AbstractHttpConfigurer;
import org.springframework.security.config.http.SessionCreationPolicy;
import org.springframework.security.crypto.bcrypt.BCryptPasswordEncoder;
import org.springframework.security.crypto.password.PasswordEncoder;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.authentication.AnonymousAuthenticationFilter;
import org.springframework.web.method.support.HandlerMethodArgumentResolver;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/// The doors: what is open, and who asks at the others.
@Configuration(proxyBeanMethods = false)
class AccessConfiguration implements WebMvcConfigurer {

  private final Doorkeeper doorkeeper;

  AccessConfiguration(Doorkeeper doorkeeper) {
    this.doorkeeper = doorkeeper;
  }

  @Bean
  static PasswordEncoder passwordEncoder() {
    return new BCryptPasswordEncoder();
  }

  @Bean
  static SecurityFilterChain doors(HttpSecurity http, DoorFilter door, ProblemWriter problems)
      throws Exception {
    return http.csrf(AbstractHttpConfigurer::disable) // DoorFilter asks for its own header
        .httpBasic(AbstractHttpConfigurer::disable)
        .formLogin(AbstractHttpConfigurer::disable)
        .logout(AbstractHttpConfigurer::disable)
        .requestCache(AbstractHttpConfigurer::disable)
        .headers(AbstractHttpConfigurer::disable) // ProblemFilter sets them on every answer
        .sessionManagement(s -> s.sessionCreationPolicy(SessionCreationPolicy.STATELESS))
        .addFilterBefore(door, AnonymousAuthenticationFilter.class)
        .exceptionHandling(
            e ->
                e.authenticationEntryPoint(
                        (_, response, _) ->
                            problems.write(response, AccessCodes.notAuthenticated()))
                    .accessDeniedHandler(
                        (_, response, _) ->
                            problems.write(response, AccessCodes.notAuthenticated())))
        .authorizeHttpRequests(
            r ->
                r.dispatcherTypeMatchers(DispatcherType.ERROR, DispatcherType.ASYNC)
                    .permitAll()
                    .requestMatchers(HttpMethod.POST, "/v1/sessions")
                    .permitAll()
                    .requestMatchers(HttpMethod.GET, "/v1/openid", "/v1/openid/**")
                    .permitAll()
                    .requestMatchers("/v1/**", "/metrics/**", "/metrics")
                    .authenticated()
                    // Health, and the files of the user interface.
                    .requestMatchers(HttpMethod.GET, "/**")
                    .permitAll()
                    .requestMatchers(HttpMethod.HEAD, "/**")
                    .permitAll()
                    .anyRequest()
                    .authenticated())
        .build();
  }

  /// Spring Boot would add the filter to every request a second time.
  @Bean
  static FilterRegistrationBean<DoorFilter> doorFilterOnlyInTheChain(DoorFilter door) {
    FilterRegistrationBean<DoorFilter> registration = new FilterRegistrationBean<>(door);
    registration.setEnabled(false);
    return registration;
  }

  @Override
  public void addInterceptors(InterceptorRegistry registry) {
    registry.addInterceptor(doorkeeper);
  }

  @Override
  public void addArgumentResolvers(List<HandlerMethodArgumentResolver> resolvers) {
    resolvers.add(new CallerArgument());
  }
}
