#!/usr/bin/env dotnet
// Serves the threads of a home in a web application of one's own, beside an endpoint of its own, at one address. With an address it serves until it is stopped (Ctrl-C):
// dotnet run samples/host.cs -- ~/.codex http://127.0.0.1:7071
// Without one it takes a free port, stores a thread through itself, asks its own endpoint, and ends:
// dotnet run samples/host.cs -- /tmp/some-home
#:project ../src/Spool.Local/Spool.Local.csproj
#:project ../src/Spool.Remote/Spool.Remote.csproj
#:project ../src/Spool.Server/Spool.Server.csproj
#:property PublishAot=false
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Spool;
using Spool.Remote;
using Spool.Server;

var listen = new IPEndPoint(IPAddress.Loopback, 0);
if (args.Length is 0 or > 2 || (args.Length == 2 && !IPEndPoint.TryParse(args[1].Replace("http://", "", StringComparison.Ordinal), out listen!)))
{
    Console.Error.WriteLine("usage: dotnet run samples/host.cs -- HOME [http://ADDRESS:PORT]");
    return 2;
}

await using var store = LocalThreadStore.Open(new LocalThreadStoreOptions
{
    Home = Path.GetFullPath(args[0]),
    CacheDirectory = Path.Join(Path.GetTempPath(), "spool-sample"),
    ReconcileInterval = TimeSpan.FromSeconds(2), // a server answers many: it looks at the disk in the background, not before each answer
    Program = "my host", // in the error of another program that wants to write the same thread
});

var builder = WebApplication.CreateSlimBuilder();
// gRPC needs HTTP/2. Without TLS an address speaks either that or HTTP/1.1; with TLS it speaks both.
builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(listen, address => address.Protocols = HttpProtocols.Http2));
builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(1)); // for clients that stay connected
// Without tokens there is one tenant. With several, each is given a store of its own.
builder.Services.AddSpoolServer(new SpoolServiceOptions { StoreOf = _ => store, Time = TimeProvider.System });
builder.Services.AddHealthChecks().AddSpoolServer();

var application = builder.Build();
application.MapSpoolServer();
application.MapHealthChecks("/healthy");
application.MapGet("/newest", async (HttpContext context) =>
{
    var page = await store.ListAsync(new ThreadQuery { Limit = 1 }, context.RequestAborted);
    await context.Response.WriteAsync(page.Items is [var newest] ? newest.Preview : "(no threads)", context.RequestAborted);
});
await application.StartAsync();
var at = new Uri(application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());
Console.WriteLine($"listening on {at}");
if (args.Length == 2)
{
    await application.WaitForShutdownAsync();
    return 0;
}

await using (var remote = new RemoteThreadStore(new RemoteThreadStoreOptions(at)))
{
    var request = new StartRequest { Cwd = Environment.CurrentDirectory, Originator = "sample" };
    await using var thread = await remote.StartThreadAsync(request);
    await using (var turn = await thread.BeginTurnAsync("Stored by way of the host"))
        await turn.AnswerAsync("And read again.");
    await thread.ShutDownAsync();
}
using var client = new HttpClient { DefaultRequestVersion = HttpVersion.Version20, DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact };
Console.WriteLine($"health: {await client.GetStringAsync(new Uri(at, "/healthy"))}");
Console.WriteLine($"newest: {await client.GetStringAsync(new Uri(at, "/newest"))}");
await application.StopAsync();
return 0;
