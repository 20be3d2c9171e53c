using Grpc.AspNetCore.Server;
using Grpc.HealthCheck;
using Grpc.Reflection;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using ServiceDescriptor = Google.Protobuf.Reflection.ServiceDescriptor;

namespace Spool.Server;

/// <summary>Adds what a web application needs to serve threads beside what else it serves.</summary>
public static class SpoolServices
{
    /// <summary>Adds the services of a server of threads: its stores, tokens, limits and telemetry, and what gives all threads up when the
    /// application stops. <see cref="SpoolEndpoints.MapSpoolServer"/> maps its methods.</summary>
    /// <param name="services">The services of the application.</param>
    /// <param name="options">What is served, and to whom.</param>
    /// <returns>The same services.</returns>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range; the message names it.</exception>
    /// <remarks>
    /// An application has one. It begins nothing before the application starts. Addresses, TLS, the number of connections and how long a
    /// stop takes at most are the application's own affair; so is <see cref="ServerLimits.MaxConnections"/>, which only
    /// <see cref="SpoolServer"/> uses. Its traces and metrics have the name <see cref="ServerTelemetry.SourceName"/>, for whatever collects
    /// those of the application.
    /// </remarks>
    public static IServiceCollection AddSpoolServer(this IServiceCollection services, SpoolServiceOptions options)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(options);
        options.Check();
        AddGrpc(services, options);
        services.AddSingleton(options).AddSingleton<CallInterceptor>();
        services.AddSingleton(_ => new CallLimits(options.Limits, options.Tokens?.Tenants.Count > 1, options.Time));
        services.AddSingleton(_ => new FileRoom(options.Limits, options.Time));
        services.AddSingleton<ServerDrain>().AddSingleton<TenantStores>().AddSingleton<ServerHealth>();
        services.AddSingleton<SpoolThreadStoreService>().AddSingleton<CodexThreadStoreService>();
        services.AddSingleton(provider => new ServerTelemetry(
            () => provider.GetRequiredService<TenantStores>().OpenWriters,
            () => provider.GetRequiredService<CallLimits>().Requests.Taken
        ));
        ServiceDescriptor[] described =
        [
            Contracts.CodexV1.ThreadStore.Descriptor,
            Contracts.SpoolV1.ThreadStore.Descriptor,
            Grpc.Health.V1.Health.Descriptor,
        ];
        // Few ask, and the answer takes memory.
        services.AddSingleton(_ => new ReflectionServiceImpl(described)).AddSingleton(_ => new ReflectionV1ServiceImpl(described));
        services.AddSingleton<HealthServiceImpl>();

        var tokens = options.Tokens is null ? null : new ValidTokens(options.Tokens);
        if (tokens is not null && options.RereadTokens is { } reread)
            services.AddSingleton(provider =>
                Replacements.OfTokens(tokens, reread, options.Time, provider.GetRequiredService<ILogger<SpoolServer>>())
            );
        services.AddSingleton(provider => new CallAdmission(
            tokens,
            provider.GetRequiredService<CallLimits>(),
            options.Limits.MaxRequestBytes,
            provider.GetRequiredService<ServerDrain>(),
            provider.GetRequiredService<ServerTelemetry>(),
            provider.GetRequiredService<ILogger<SpoolServer>>()
        ));
        return services
            .AddSingleton<SpoolLifetime>()
            .AddSingleton<IHostedService>(static provider => provider.GetRequiredService<SpoolLifetime>());
    }

    /// <summary>Adds a health check: the server of threads is healthy until the application begins to stop.</summary>
    /// <param name="builder">The health checks of the application.</param>
    /// <param name="name">The name of the check.</param>
    /// <returns>The same health checks.</returns>
    /// <remarks>It asks no store, and costs nothing. Its data are how many threads are open for writing (<c>writers</c>) and how many calls
    /// are under way (<c>calls</c>).</remarks>
    public static IHealthChecksBuilder AddSpoolServer(this IHealthChecksBuilder builder, string name = "spool")
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.Add(
            new HealthCheckRegistration(
                name,
                static provider => provider.GetRequiredService<ServerHealth>(),
                failureStatus: null,
                tags: null
            )
        );
    }

    // Of these services alone: others of the application have their own limits.
    static void AddGrpc(IServiceCollection services, SpoolServiceOptions options)
    {
        services
            .AddGrpc()
            .AddServiceOptions<CodexThreadStoreService>(Configure)
            .AddServiceOptions<SpoolThreadStoreService>(Configure)
            .AddServiceOptions<HealthServiceImpl>(Configure)
            .AddServiceOptions<ReflectionServiceImpl>(Configure)
            .AddServiceOptions<ReflectionV1ServiceImpl>(Configure);

        void Configure(GrpcServiceOptions grpc)
        {
            grpc.MaxReceiveMessageSize = options.Limits.MaxRequestBytes;
            grpc.MaxSendMessageSize = null;
            grpc.Interceptors.Add<CallInterceptor>();
        }
    }
}
