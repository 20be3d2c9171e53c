using Grpc.HealthCheck;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using static Grpc.Health.V1.HealthCheckResponse.Types;

namespace Spool.Server;

/// <summary>Says how the server is, to those who watch it by gRPC and to the health checks of the application.</summary>
/// <param name="grpc">Tells those who watch by gRPC.</param>
/// <param name="drain">Says whether the server stops.</param>
/// <param name="tenants">The stores.</param>
/// <param name="limits">The calls under way.</param>
sealed class ServerHealth(HealthServiceImpl grpc, ServerDrain drain, TenantStores tenants, CallLimits limits) : IHealthCheck
{
    /// <summary>Says from now on, to those who watch, that the server serves, or that it does not.</summary>
    public void Set(ServingStatus status)
    {
        grpc.SetStatus("", status);
        grpc.SetStatus(Contracts.CodexV1.ThreadStore.Descriptor.FullName, status);
        grpc.SetStatus(Contracts.SpoolV1.ThreadStore.Descriptor.FullName, status);
    }

    /// <inheritdoc/>
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var data = new Dictionary<string, object> { ["writers"] = tenants.OpenWriters, ["calls"] = limits.Calls };
        return Task.FromResult(
            drain.HasBegun
                ? new HealthCheckResult(context.Registration.FailureStatus, "The server is stopping.", data: data)
                : HealthCheckResult.Healthy(data: data)
        );
    }
}
