using System.Collections.Concurrent;
using System.Text;
using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;

namespace Spool.Server.Tests;

/// <summary>A collector of OpenTelemetry over gRPC that keeps the bytes of what it is sent.</summary>
sealed class FakeCollector : IAsyncDisposable
{
    readonly WebApplication _application;
    readonly Channel<int> _news = Channel.CreateUnbounded<int>();
    readonly ConcurrentDictionary<string, ConcurrentQueue<byte[]>> _received = new();

    FakeCollector(WebApplication application) => _application = application;

    public string Address { get; private set; } = "";

    /// <summary>Gets everything that came for traces.</summary>
    public byte[] Traces => Of("/opentelemetry.proto.collector.trace.v1.TraceService/Export");

    /// <summary>Gets everything that came for metrics.</summary>
    public byte[] Metrics => Of("/opentelemetry.proto.collector.metrics.v1.MetricsService/Export");

    /// <summary>Gets everything that came at all.</summary>
    public byte[] Everything => [.. _received.Values.SelectMany(queue => queue).SelectMany(bytes => bytes)];

    public static async Task<FakeCollector> StartAsync()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder
            .WebHost.UseKestrelCore()
            .ConfigureKestrel(kestrel =>
                kestrel.Listen(System.Net.IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2)
            );
        var application = builder.Build();
        var collector = new FakeCollector(application);
        application.Run(collector.TakeAsync);
        await application.StartAsync(Given.Cancellation);
        collector.Address = application
            .Services.GetRequiredService<IServer>()
            .Features.GetRequiredFeature<IServerAddressesFeature>()
            .Addresses.First();
        return collector;
    }

    /// <summary>Waits until metrics with these names came.</summary>
    public async Task GotAsync(params string[] names)
    {
        while (!names.All(name => Encoding.Latin1.GetString(Metrics).Contains(name, StringComparison.Ordinal)))
            await _news.Reader.ReadAsync(Given.Cancellation).AsTask().WaitAsync(TimeSpan.FromSeconds(30), Given.Cancellation);
    }

    public ValueTask DisposeAsync() => _application.DisposeAsync();

    byte[] Of(string method) => _received.TryGetValue(method, out var queue) ? [.. queue.SelectMany(bytes => bytes)] : [];

    async Task TakeAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        _received.GetOrAdd(context.Request.Path.Value!, _ => new()).Enqueue(body.ToArray());
        _news.Writer.TryWrite(0);
        context.Response.ContentType = "application/grpc";
        await context.Response.Body.WriteAsync(new byte[5]); // an empty message
        context.Response.AppendTrailer("grpc-status", "0");
    }
}
