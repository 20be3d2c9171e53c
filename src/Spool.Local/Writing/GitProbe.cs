using System.Buffers;
using System.ComponentModel;
using System.Diagnostics;
using System.Text.Json;

namespace Spool;

/// <summary>Asks <c>git</c> for the state of a folder's repository, in the background.</summary>
sealed class GitProbe : IDisposable
{
    static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(5);

    readonly CancellationTokenSource _stop = new();
    GitInfo? _result;

    GitProbe(string? folder)
    {
        Done = folder is null ? Task.CompletedTask : RunAsync(folder);
    }

    /// <summary>Gets what ends when the answer is there. It never fails.</summary>
    public Task Done { get; }

    /// <summary>Gets the answer: null while there is none, and when the folder is in no repository.</summary>
    public GitInfo? Result => Volatile.Read(ref _result);

    /// <summary>Begins to ask, if there is a repository at all.</summary>
    /// <param name="folder">The folder, or null to ask nothing.</param>
    public static GitProbe Start(string? folder) => new(folder is not null && IsInRepository(folder) ? folder : null);

    /// <summary>Stops asking.</summary>
    public void Dispose() => _stop.Cancel();

    /// <summary>Gives a payload with the answer as its last member.</summary>
    public static ReadOnlyMemory<byte> AddTo(ReadOnlyMemory<byte> payload, GitInfo git)
    {
        var bytes = new ArrayBufferWriter<byte>(payload.Length + 256);
        bytes.Write(payload.Span[..payload.Span.LastIndexOf((byte)'}')]);
        bytes.Write(",\"git\":"u8);
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            if (git.CommitHash is { } commit)
                json.WriteString("commit_hash"u8, commit);
            if (git.Branch is { } branch)
                json.WriteString("branch"u8, branch);
            if (git.RepositoryUrl is { } url)
                json.WriteString("repository_url"u8, url);
            json.WriteEndObject();
        }
        bytes.Write("}"u8);
        return bytes.WrittenMemory;
    }

    // Starting a process costs milliseconds, looking for the folder that every repository has costs none.
    static bool IsInRepository(string folder)
    {
        if (!Path.IsPathFullyQualified(folder) || !Directory.Exists(folder))
            return false;
        for (var at = folder; at is not null; at = Path.GetDirectoryName(at))
        {
            if (Path.Exists(Path.Combine(at, ".git")))
                return true;
        }
        return false;
    }

    async Task RunAsync(string folder)
    {
        var commit = AskAsync(folder, "rev-parse", "HEAD");
        var branch = AskAsync(folder, "rev-parse", "--abbrev-ref", "HEAD");
        var url = AskAsync(folder, "remote", "get-url", "origin");
        await Task.WhenAll(commit, branch, url).ConfigureAwait(false);
        var git = new GitInfo(
            await commit.ConfigureAwait(false),
            await branch.ConfigureAwait(false) is var name && name == "HEAD" ? null : name,
            await url.ConfigureAwait(false)
        );
        Volatile.Write(ref _result, git == new GitInfo(null, null, null) ? null : git);
    }

    // A repository that cannot be asked is none.
    async Task<string?> AskAsync(string folder, params string[] arguments)
    {
        await Task.Yield();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
        limit.CancelAfter(LongestWait);
        try
        {
            using var git = Process.Start(
                new ProcessStartInfo("git", arguments)
                {
                    WorkingDirectory = folder,
                    RedirectStandardInput = true,
                    RedirectStandardOutput = true,
                    RedirectStandardError = true,
                }
            );
            if (git is null)
                return null;
            try
            {
                git.StandardInput.Close();
                var errors = git.StandardError.ReadToEndAsync(limit.Token);
                var answer = await git.StandardOutput.ReadToEndAsync(limit.Token).ConfigureAwait(false);
                await errors.ConfigureAwait(false);
                await git.WaitForExitAsync(limit.Token).ConfigureAwait(false);
                return git.ExitCode == 0 && answer.Trim() is { Length: > 0 } text ? text : null;
            }
            catch (OperationCanceledException)
            {
                git.Kill(entireProcessTree: true);
                return null;
            }
        }
        catch (Exception e) when (e is Win32Exception or InvalidOperationException || DiskErrors.IsFromDisk(e))
        {
            return null;
        }
    }
}
