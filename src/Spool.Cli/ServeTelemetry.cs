using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Spool.Cli;

/// <summary>Sends the traces and metrics of a server to a collector, over OTLP. Nothing waits for the collector: what does not fit into the
/// queue is dropped.</summary>
sealed class ServeTelemetry : IAsyncDisposable
{
    // of the two seconds that a stop may take; what the server leaves of it is the collector's
    static readonly TimeSpan StopTime = TimeSpan.FromMilliseconds(1800);
    static readonly TimeSpan LeastTime = TimeSpan.FromMilliseconds(200);

    readonly TracerProvider? _traces;
    readonly MeterProvider? _metrics;
    readonly TimeProvider _time;
    long? _stopBegan;

    ServeTelemetry(TracerProvider? traces, MeterProvider? metrics, TimeProvider time) =>
        (_traces, _metrics, _time) = (traces, metrics, time);

    /// <summary>Begins to send what was asked for.</summary>
    /// <param name="settings">What was asked for.</param>
    /// <param name="time">The clock.</param>
    public static ServeTelemetry Start(TelemetrySettings settings, TimeProvider time) =>
        new(
            settings.Traces
                ? Sdk.CreateTracerProviderBuilder()
                    .ConfigureServices(services => services.AddSingleton(ConfigurationOf(settings)))
                    .ConfigureResource(Describe)
                    .AddSource(Server.ServerTelemetry.SourceName, LocalThreadStore.TelemetryName)
                    .AddOtlpExporter()
                    .Build()
                : null,
            settings.Metrics
                ? Sdk.CreateMeterProviderBuilder()
                    .ConfigureServices(services => services.AddSingleton(ConfigurationOf(settings)))
                    .ConfigureResource(Describe)
                    .AddMeter(Server.ServerTelemetry.SourceName, LocalThreadStore.TelemetryName)
                    .AddOtlpExporter()
                    .Build()
                : null,
            time
        );

    /// <summary>Takes it that the server begins to stop.</summary>
    public void BeginStop() => _stopBegan ??= _time.GetTimestamp();

    /// <summary>Sends what is left, for what is left of the time that a stop may take.</summary>
    public async ValueTask DisposeAsync()
    {
        BeginStop();
        var left = StopTime - _time.GetElapsedTime(_stopBegan!.Value);
        var milliseconds = (int)(left > LeastTime ? left : LeastTime).TotalMilliseconds;
        // Each blocks; together they take no longer than the slower one.
        await Task.WhenAll(Task.Run(() => _traces?.Shutdown(milliseconds)), Task.Run(() => _metrics?.Shutdown(milliseconds)));
        _traces?.Dispose();
        _metrics?.Dispose();
    }

    // The packages would read the environment by themselves; so they get what the program read.
    static IConfiguration ConfigurationOf(TelemetrySettings settings) =>
        new ConfigurationBuilder()
            .AddInMemoryCollection(settings.Variables.Select(pair => KeyValuePair.Create(pair.Key, (string?)pair.Value)))
            .Build();

    // What the user says about the service comes last and wins.
    static void Describe(ResourceBuilder resource) =>
        resource.AddService("spool", serviceVersion: SpoolRoot.Version).AddEnvironmentVariableDetector();
}
