using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using static Grpc.Health.V1.HealthCheckResponse.Types;

namespace Spool.Server;

/// <summary>Begins and ends with the application: before the web server stops to serve, watchers hear of it, calls that would go on
/// for ever are ended, and all threads are given up at once.</summary>
/// <param name="services">The services.</param>
/// <param name="logger">The log.</param>
sealed class SpoolLifetime(IServiceProvider services, ILogger<SpoolServer> logger) : IHostedLifecycleService
{
    Task _stopping = Task.CompletedTask;

    /// <inheritdoc/>
    public Task StartingAsync(CancellationToken cancellationToken)
    {
        services.GetRequiredService<TenantStores>().OpenKnown();
        services.GetService<Rereading<TokenTable>>(); // begins
        services.GetRequiredService<ServerHealth>().Set(ServingStatus.Serving);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StoppingAsync(CancellationToken cancellationToken)
    {
        Log.Draining(logger, services.GetRequiredService<CallLimits>().Calls);
        services.GetRequiredService<ServerHealth>().Set(ServingStatus.NotServing);
        // Beside the web server, which frees its addresses meanwhile: a successor may begin to listen.
        _stopping = StopOwnAsync();
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public async Task StoppedAsync(CancellationToken cancellationToken)
    {
#pragma warning disable VSTHRD003 // begun above
        await _stopping.ConfigureAwait(false);
#pragma warning restore VSTHRD003
        Log.Stopped(logger);
    }

    // The threads are given up at once, whatever else is still being answered: clients of theirs go on with the successor, which may be
    // there already.
    async Task StopOwnAsync()
    {
        await Task.Yield();
        await services.GetRequiredService<ServerDrain>().BeginAsync().ConfigureAwait(false);
        await services.GetRequiredService<TenantStores>().DisposeAsync().ConfigureAwait(false);
    }
}
