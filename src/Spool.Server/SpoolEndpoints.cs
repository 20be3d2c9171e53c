using Grpc.HealthCheck;
using Grpc.Reflection;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Spool.Server;

/// <summary>Maps the methods of a server of threads beside the other endpoints of a web application.</summary>
public static class SpoolEndpoints
{
    /// <summary>Maps both contracts of stores and, beside them, <c>grpc.health.v1</c> and server reflection.</summary>
    /// <param name="endpoints">The endpoints of the application, whose services have
    /// <see cref="SpoolServices.AddSpoolServer(IServiceCollection, SpoolServiceOptions)"/>.</param>
    /// <param name="parts">What of them to map. An application that has a service of gRPC of its own for health or reflection leaves out
    /// that part.</param>
    /// <returns>What adds to all of them, such as a host name.</returns>
    /// <exception cref="InvalidOperationException">The services were not added.</exception>
    /// <remarks>Tokens and limits hold for these methods and for no other endpoint: each request of theirs is let in, or refused, before it
    /// is read. They need HTTP/2; a stream lasts as long as its client likes, and so no limit of the web server on the size of a request
    /// applies to it.</remarks>
    public static IEndpointConventionBuilder MapSpoolServer(this IEndpointRouteBuilder endpoints, SpoolParts parts = SpoolParts.All)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        var admission =
            endpoints.ServiceProvider.GetService<CallAdmission>()
            ?? throw new InvalidOperationException("There is nothing to map; call services.AddSpoolServer first.");
        List<IEndpointConventionBuilder> mapped =
        [
            endpoints.MapGrpcService<CodexThreadStoreService>(),
            endpoints.MapGrpcService<SpoolThreadStoreService>(),
        ];
        if (parts.HasFlag(SpoolParts.Health))
            mapped.Add(endpoints.MapGrpcService<HealthServiceImpl>());
        if (parts.HasFlag(SpoolParts.Reflection))
            mapped.AddRange([endpoints.MapGrpcService<ReflectionServiceImpl>(), endpoints.MapGrpcService<ReflectionV1ServiceImpl>()]);
        var all = new Conventions(mapped);
        all.Add(endpoint =>
        {
            if (endpoint.RequestDelegate is { } next)
                endpoint.RequestDelegate = context => admission.InvokeAsync(context, next);
            endpoint.Metadata.Add(AnySize.Instance);
        });
        return all;
    }

    /// <summary>Lets callers use endpoints of the application only with a token of the server of threads, as its own methods do.</summary>
    /// <param name="endpoints">The endpoints.</param>
    /// <param name="access">What the token must allow.</param>
    /// <returns>The same endpoints.</returns>
    /// <exception cref="InvalidOperationException">The services were not added; thrown when the endpoints are first used.</exception>
    /// <remarks>A request without a valid token is answered with 401, and one whose token allows less with 403; both are in the log. The
    /// endpoint learns whose threads they are from <see cref="GetSpoolCaller"/>. A request that is under way is aborted when its token is
    /// taken away or allows too little by now. A server without tokens lets every caller in. The limits of the server do not count these
    /// requests.</remarks>
    public static TBuilder RequireSpoolToken<TBuilder>(this TBuilder endpoints, StoreAccess access = StoreAccess.Read)
        where TBuilder : IEndpointConventionBuilder
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        endpoints.Add(endpoint =>
        {
            var admission =
                endpoint.ApplicationServices.GetService<CallAdmission>()
                ?? throw new InvalidOperationException("There are no tokens to ask for; call services.AddSpoolServer first.");
            if (endpoint.RequestDelegate is { } next)
                endpoint.RequestDelegate = context => admission.RequireAsync(context, next, access);
        });
        return endpoints;
    }

    /// <summary>Gives who calls, behind <see cref="RequireSpoolToken"/>, or null where nothing asked for a token.</summary>
    /// <param name="context">The request.</param>
    public static Caller? GetSpoolCaller(this HttpContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return context.Features.Get<Caller>();
    }

    sealed class Conventions(List<IEndpointConventionBuilder> mapped) : IEndpointConventionBuilder
    {
        public void Add(Action<EndpointBuilder> convention) => mapped.ForEach(builder => builder.Add(convention));

        public void Finally(Action<EndpointBuilder> finallyConvention) => mapped.ForEach(builder => builder.Finally(finallyConvention));
    }

    // Messages have their own limit, and a stream has none.
    sealed class AnySize : IRequestSizeLimitMetadata
    {
        public static AnySize Instance { get; } = new();

        public long? MaxRequestBodySize => null;
    }
}

/// <summary>Parts of a server of threads that are mapped. The contracts of stores are always among them.</summary>
[Flags]
public enum SpoolParts
{
    /// <summary>Only the contracts.</summary>
    Contracts = 0,

    /// <summary>The health of the server, by <c>grpc.health.v1</c>. It needs no token.</summary>
    Health = 1,

    /// <summary>The description of the contracts, by <c>grpc.reflection</c>, v1 and v1alpha.</summary>
    Reflection = 2,

    /// <summary>Everything.</summary>
    All = Health | Reflection,
}
