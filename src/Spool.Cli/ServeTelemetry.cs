using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Spool.Cli;

/// <summary>Sends the traces and metrics of a server to a collector, over OTLP. Nothing waits for the collector: what does not fit into the queue is dropped.</summary>
sealed class ServeTelemetry : IAsyncDisposable
{
    const int FlushMs = 3000; // that long a stop waits for the collector

    readonly TracerProvider? _traces;
    readonly MeterProvider? _metrics;

    ServeTelemetry(TracerProvider? traces, MeterProvider? metrics) => (_traces, _metrics) = (traces, metrics);

    /// <summary>Begins to send what was asked for.</summary>
    /// <param name="settings">What was asked for.</param>
    public static ServeTelemetry Start(TelemetrySettings settings) => new(
        settings.Traces
            ? Sdk.CreateTracerProviderBuilder()
                .ConfigureServices(services => services.AddSingleton(ConfigurationOf(settings)))
                .ConfigureResource(Describe)
                .AddSource(Server.ServerTelemetry.SourceName)
                .AddOtlpExporter()
                .Build()
            : null,
        settings.Metrics
            ? Sdk.CreateMeterProviderBuilder()
                .ConfigureServices(services => services.AddSingleton(ConfigurationOf(settings)))
                .ConfigureResource(Describe)
                .AddMeter(Server.ServerTelemetry.SourceName)
                .AddOtlpExporter()
                .Build()
            : null);

    /// <summary>Sends what is left, for a bounded time.</summary>
    public async ValueTask DisposeAsync()
    {
        // Each blocks; together they take no longer than the slower one.
        await Task.WhenAll(Task.Run(() => _traces?.Shutdown(FlushMs)), Task.Run(() => _metrics?.Shutdown(FlushMs)));
        _traces?.Dispose();
        _metrics?.Dispose();
    }

    // The packages would read the environment by themselves; so they get what the program read.
    static IConfiguration ConfigurationOf(TelemetrySettings settings) =>
        new ConfigurationBuilder().AddInMemoryCollection(settings.Variables.Select(pair => KeyValuePair.Create(pair.Key, (string?)pair.Value))).Build();

    // What the user says about the service comes last and wins.
    static void Describe(ResourceBuilder resource) => resource.AddService("spool", serviceVersion: SpoolRoot.Version).AddEnvironmentVariableDetector();
}
