package org.kintell.backfill.http;

import java.util.ArrayList;
import java.util.List;
import org.springframework.http.MediaType;
import org.springframework.stereotype.Component;
import org.springframework.web.HttpMediaTypeNotAcceptableException;
import org.springframework.web.accept.ContentNegotiationStrategy;
import org.springframework.web.accept.HeaderContentNegotiationStrategy;
import org.springframework.web.context.request.NativeWebRequest;
import org.springframework.web.servlet.config.annotation.ContentNegotiationConfigurer;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/**
 * The media types that an answer may have: those that the client accepts, and JSON as a last
 * choice. A client that accepts neither gets JSON; only an endpoint that offers a choice answers
 * 406.
 */
@Component
class AcceptedTypes implements WebMvcConfigurer {

  private final ContentNegotiationStrategy header = new HeaderContentNegotiationStrategy();

  @Override
  public void configureContentNegotiation(ContentNegotiationConfigurer configurer) {
    configurer.strategies(List.of(this::of));
  }

  private List<MediaType> of(NativeWebRequest request) {
    List<MediaType> types = new ArrayList<>();
    try {
      types.addAll(header.resolveMediaTypes(request));
    } catch (HttpMediaTypeNotAcceptableException e) {
      // A malformed header accepts nothing.
    }
    types.add(MediaType.APPLICATION_JSON);
    return types;
  }
}
