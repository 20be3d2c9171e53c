using System.Text;
using System.Text.Json.Nodes;

namespace Spool.Cli.Tests;

/// <summary>The command line over the local store, in this process, with a cache folder of its own.</summary>
sealed class RealCommandLine(string home) : IDisposable
{
    readonly string _cache = Directory.CreateTempSubdirectory("spool-cache-").FullName;

    /// <summary>Gets everything in the cache folder.</summary>
    public IReadOnlyList<string> CachedFiles => Directory.GetFileSystemEntries(_cache);

    /// <summary>Gets what goes around the store.</summary>
    public Func<IThreadStore, IThreadStore> Around { get; init; } = store => store;

    public async Task<byte[]> RunAsync(params string[] args)
    {
        var result = await TryAsync(args);
        Assert.True(result.Code == 0, $"spool {string.Join(' ', args)} ended with {result.Code}: {result.Error}");
        return result.Bytes;
    }

    /// <summary>Runs a command line that may fail.</summary>
    public async Task<Result> TryAsync(params string[] args)
    {
        using var output = new MemoryStream();
        var error = new StringWriter { NewLine = "\n" };
        var context = new CommandContext
        {
            OpenStore = (location, progress) => Around(LocalStores.Open(location, TimeProvider.System, progress)),
            OpenServedStore = (location, loggers) => LocalStores.OpenServed(location, TimeProvider.System, loggers),
            Output = output,
            Error = error,
            OutputScreen = Screen.Piped,
            ErrorScreen = Screen.Piped,
            Time = TimeProvider.System,
            Places = new UserPlaces
            {
                UserFolder = "/home/ann",
                WorkingDirectory = "/",
                CodexHome = home,
                CacheHome = _cache,
            },
        };
        var code = await new CommandRunner(context).RunAsync(args, TestContext.Current.CancellationToken);
        return new Result(code, Encoding.UTF8.GetString(output.ToArray()), error.ToString(), output.ToArray());
    }

    public async Task<JsonNode> JsonAsync(params string[] args) => JsonNode.Parse(await RunAsync([.. args, "--json"]))!;

    public async Task<string> TextAsync(params string[] args) => Encoding.UTF8.GetString(await RunAsync(args));

    public void Dispose() => Directory.Delete(_cache, recursive: true);
}
