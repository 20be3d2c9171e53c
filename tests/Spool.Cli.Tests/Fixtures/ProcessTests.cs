using System.Diagnostics;
using System.Text.Json.Nodes;
using Spool.TestKit;

namespace Spool.Cli.Tests;

/// <summary>The command line as real processes.</summary>
public sealed class ProcessTests : IDisposable
{
    readonly string _folder = Directory.CreateTempSubdirectory("spool-process-").FullName;

    string Home => Path.Combine(_folder, "home");

    string Cache => Path.Combine(_folder, "cache");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact, Guarantee("LOCL-05")]
    public async Task Processes_that_build_one_index_at_once_all_give_the_whole_list()
    {
        var expected = Fill(400);

        var lists = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => ListAsync()));

        Assert.All(lists, list => Assert.Equal(expected, list));
        Assert.Equal(expected, await ListAsync());
    }

    [Fact, Guarantee("LOCL-06")]
    public async Task A_process_that_is_killed_while_it_indexes_leaves_an_index_that_goes_on()
    {
        var expected = Fill(1500);
        for (var kill = 0; kill < 5; kill++)
        {
            using var process = Start("index", "rebuild");
            // It has begun when the index is there; where exactly it is hit does not matter.
            while (!process.HasExited && !Directory.Exists(Path.Combine(Cache, "index")))
                await Task.Yield();
            process.Kill();
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        }

        Assert.Equal(expected, await ListAsync());
    }

    [Fact]
    public async Task The_log_of_a_server_has_what_happens_in_its_store()
    {
        var expected = Fill(3);
        await ListAsync();
        var index = Assert.Single(Directory.EnumerateFiles(Cache, "index-*.sqlite", SearchOption.AllDirectories));
        File.WriteAllText(index, "no index");
        using var server = Start("serve", "--listen", "http://127.0.0.1:0", "--log", "warning");
        var listening = await server.StandardError.ReadLineAsync(TestContext.Current.CancellationToken);

        using var client = Start(
            new ProcessStartInfo(
                "dotnet",
                [
                    Path.Combine(AppContext.BaseDirectory, "Spool.Cli.dll"),
                    "--remote",
                    listening!["listening on ".Length..],
                    "list",
                    "--all",
                    "--json",
                ]
            )
        );
        var list = await client.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        server.Kill();
        var log = await server.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);

        Assert.All(expected, id => Assert.Contains(id, list, StringComparison.Ordinal));
        Assert.Contains("\"EventId\":2001,\"LogLevel\":\"Warning\",\"Category\":\"Spool.LocalThreadStore\"", log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_cache_folder_every_reading_command_works_and_says_so()
    {
        var expected = Fill(3);
        File.WriteAllText(Cache, "in the way");
        foreach (
            var args in (string[][])
                [
                    ["list", "--json"],
                    ["show", expected[0]],
                    ["show", expected[0], "--turns"],
                    ["export", expected[0], "--format", "jsonl"],
                    ["index", "status"],
                    ["index", "rebuild"],
                ]
        )
        {
            using var process = Start(args);
            var words = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
            Assert.NotEqual("", await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken));
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);

            Assert.Equal(0, process.ExitCode);
            Assert.StartsWith(
                $"spool: The index is kept in memory, because the cache folder {Cache} cannot be written.",
                await words,
                StringComparison.Ordinal
            );
            Assert.Single((await words).Split("kept in memory")[1..]);
        }
    }

    [Fact]
    public async Task The_exit_code_tells_what_went_wrong()
    {
        Fill(1);
        using var process = Start("show", "01a20429-473c-7bc0-ae73-b571c6bb5946");
        var error = await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.Equal((3, "error: There is no thread 01a20429-473c-7bc0-ae73-b571c6bb5946.\n"), (process.ExitCode, error));
    }

    [Theory]
    [InlineData("list >&-", 141, "")]
    [InlineData("list --json >&-", 141, "")]
    [InlineData("--help >&-", 141, "")]
    [InlineData("index status >&-", 141, "")]
    [InlineData("list > /dev/full", 5, "error: The output is full: there is no space left where it is written.\n")]
    [InlineData("list --json > /dev/full", 5, "error: The output is full: there is no space left where it is written.\n")]
    [InlineData("--help > /dev/full", 5, "error: The output is full: there is no space left where it is written.\n")]
    [InlineData("index status > /dev/full", 5, "error: The output is full: there is no space left where it is written.\n")]
    [InlineData("completion bash > /dev/full", 5, "error: The output is full: there is no space left where it is written.\n")]
    [InlineData("list --nothing 2> /dev/full", 2, "")]
    [InlineData("list --nothing 2>&-", 2, "")]
    [InlineData("list <&- > /dev/null", 0, "")]
    public async Task An_output_that_is_closed_and_one_that_is_full_are_told_apart(string line, int code, string said)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "There is no /dev/full here.");
        Fill(3);
        using var process = Process.Start(
            new ProcessStartInfo(
                "sh",
                ["-c", $"dotnet '{Path.Combine(AppContext.BaseDirectory, "Spool.Cli.dll")}' --home '{Home}' --cache '{Cache}' {line}"]
            )
            {
                RedirectStandardError = true,
                RedirectStandardOutput = true,
            }
        )!;
        var error = await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.Equal(code, process.ExitCode);
        Assert.True(said.Length == 0 ? error.Length == 0 : error.StartsWith(said, StringComparison.Ordinal), error);
    }

    [Theory]
    [InlineData(
        "> /dev/full",
        5,
        "The output is full: there is no space left where it is written. What is done is done, and is said here:"
    )]
    [InlineData(">&-", 141, "The output is no longer read. What is done is done, and is said here:")]
    [InlineData("", 141, "The output is no longer read. What is done is done, and is said here:")]
    public async Task A_change_that_the_output_has_no_place_for_is_done_and_says_so(string output, int code, string why)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "There is no /dev/full here.");
        var ids = Fill(4);
        File.WriteAllText(Path.Combine(Home, "notes.txt"), $"{ids[0]} is what these notes are about.");
        (string Line, string[] Said)[] changes =
        [
            ($"rename {ids[2]} named --json", [$"Thread {ids[2]} is now named \"named\"."]),
            ($"archive {ids[2]} {ids[3]} --json", [$"Thread {ids[2]} \"named\" is in the archive.", $"Thread {ids[3]} "]),
            ($"unarchive {ids[2]} --json", [$"Thread {ids[2]} \"named\" is "]),
            ($"fork {ids[2]}", [$" begins as {ids[2]} did."]),
            ($"fork {ids[2]} --json", [$" begins as {ids[2]} did."]),
            (
                $"delete --yes --json {ids[0]} {ids[1]}",
                [$"Thread {ids[0]} is deleted: 1 rollout of ", "notes.txt", $"Thread {ids[1]} is deleted: 1 rollout of "]
            ),
            ("index rebuild", ["The index was made again: 4 of 4 rollouts are in it."]),
            ("index rebuild --json", ["The index was made again: 4 of 4 rollouts are in it."]),
        ];
        foreach (var (line, said) in changes)
        {
            using var process = Process.Start(
                new ProcessStartInfo(
                    "sh",
                    [
                        "-c",
                        $"read go; exec dotnet '{Path.Combine(AppContext.BaseDirectory, "Spool.Cli.dll")}' --home '{Home}' --cache '{Cache}' {line} {output}",
                    ]
                )
                {
                    RedirectStandardInput = true,
                    RedirectStandardError = true,
                    RedirectStandardOutput = true,
                }
            )!;
            process.StandardOutput.Close();
            process.StandardInput.Write("go\n");
            process.StandardInput.Close();
            var words = await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);

            Assert.Equal(code, process.ExitCode);
            Assert.StartsWith($"error: {why}\n", words, StringComparison.Ordinal);
            Assert.All(said, part => Assert.Contains(part, words, StringComparison.Ordinal));
            Assert.Equal(
                line.Contains("--json", StringComparison.Ordinal) && code == 5,
                words.Contains("{\"error\":{\"code\":\"resourceExhausted\"", StringComparison.Ordinal)
            );
            Assert.Single(words.Split('\n'), words => words == $"error: {why}");
        }
    }

    [Theory]
    [InlineData(40)]
    [InlineData(70)]
    [InlineData(86)]
    [InlineData(184)]
    public async Task A_process_that_may_open_too_few_files_says_so_at_once(int most)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The shell here may have another ulimit.");
        var id = Fill(40)[0];
        foreach (
            var line in (string[])
                ["list --json", $"show {id}", $"export {id} --format jsonl", $"rename {id} named", "serve --listen http://127.0.0.1:0"]
        )
        {
            var (code, answer, words) = await RunAsync($"ulimit -n {most}; exec", line);

            Assert.Equal((5, ""), (code, answer));
            Assert.StartsWith("error: The process may open too few files; raise the limit (ulimit -n)", words, StringComparison.Ordinal);
            Assert.Equal(
                line.Contains("--json", StringComparison.Ordinal),
                words.EndsWith(
                    "\n{\"error\":{\"code\":\"resourceExhausted\",\"message\":\"" + words.Split('\n')[0]["error: ".Length..] + "\"}}\n",
                    StringComparison.Ordinal
                )
            );
        }
    }

    [Fact]
    public async Task A_server_that_may_open_too_few_files_to_answer_does_not_start()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The shell here may have another ulimit.");

        var (code, _, words) = await RunAsync("ulimit -n 256; exec", "serve --store memory --listen http://127.0.0.1:0");

        Assert.Equal(
            (5, "error: The server may open too few files; raise the limit (ulimit -n) to 1024 or more and try again.\n"),
            (code, words)
        );
    }

    [Fact]
    public async Task For_a_command_256_files_that_may_be_open_are_enough()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The shell here may have another ulimit.");
        var ids = Fill(40);
        foreach (
            var line in (string[])
                ["list --json --limit 100", $"show {ids[0]} --items --json", $"export {ids[0]} --format jsonl", $"rename {ids[0]} named"]
        )
        {
            var (code, answer, words) = await RunAsync("ulimit -n 256; exec", line);

            Assert.True(code == 0, words);
            Assert.Equal((await RunAsync("exec", line)).Answer, answer);
        }
    }

    [Theory]
    [InlineData(12)]
    [InlineData(14)]
    public async Task A_server_that_may_start_too_few_threads_says_so_and_does_not_wait_for_one(int most)
    {
        Assert.SkipUnless(
            OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess,
            "The number of threads is limited for a user who has no other processes, and root can be one."
        );
        // Nobody's; another user's threads would count.
        var user = $"setpriv --reuid={2_000_000_000 + Environment.ProcessId} --regid=65534 --clear-groups";
        Assert.SkipUnless((await RunAsync(user, "list --help")).Code == 0, "Other users cannot reach the program here.");

        var (code, _, words) = await RunAsync($"{user} prlimit --nproc={most}:{most}", "serve --store memory --listen http://127.0.0.1:0");

        Assert.Equal(
            (
                5,
                "error: The process may start no more threads, or has no more memory; raise the limits (ulimit -u, ulimit -n, ulimit -v, or those of its container) and try again.\n"
            ),
            (code, words)
        );
    }

    [Theory]
    [InlineData("list --json", 0, "The index is kept in memory")]
    [InlineData("index rebuild", 0, "The index is kept in memory")]
    [InlineData("show {0} --items --json", 0, "")]
    [InlineData("rename {0} named", 0, "is now named")]
    [InlineData("fork {0}", 5, "would be larger than the file system or the process may make it")]
    [InlineData("export {0} --format jsonl --output {1}", 5, "A file would be larger than")]
    [InlineData("export {0} --format jsonl > {1}", 5, "")]
    public async Task A_file_that_may_not_become_larger_is_an_error_and_loses_nothing(string line, int code, string said)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The shell here may have another ulimit.");
        var id = Fill(3)[0];
        var rollout = Directory.EnumerateFiles(Home, $"*{id}*", SearchOption.AllDirectories).Single();
        File.AppendAllText(
            rollout,
            $$$"""{"timestamp":"2026-05-01T00:00:00.000Z","type":"event_msg","payload":{"type":"agent_message","message":"{{{new string('x', 8000)}}}"}}"""
                + "\n"
        );
        var before = File.ReadAllBytes(rollout);
        var output = Path.Combine(_folder, "export.jsonl");

        // In blocks of 512 bytes, or of 1024 as some shells count. The runtime itself needs large files for what it compiles unless it is
        // told otherwise.
        var (ended, _, words) = await RunAsync(
            "ulimit -f 2; DOTNET_EnableWriteXorExecute=0 exec",
            string.Format(System.Globalization.CultureInfo.InvariantCulture, line, id, output)
        );

        Assert.True(ended == code, $"{ended}: {words}");
        Assert.Contains(said, words, StringComparison.Ordinal);
        Assert.Equal(before, File.ReadAllBytes(rollout));
        Assert.Equal(3, Directory.EnumerateFiles(Path.Combine(Home, "sessions"), "*", SearchOption.AllDirectories).Count());
        Assert.DoesNotContain(Directory.EnumerateFiles(_folder), file => Path.GetFileName(file).StartsWith('.'));
    }

    [Fact]
    public async Task The_signal_for_a_file_that_may_not_become_larger_is_ignored_by_the_system_itself_and_so_to_the_end()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "What a process ignores is in /proc.");
        using var server = Start("serve", "--store", "memory", "--listen", "http://127.0.0.1:0");
        await server.StandardError.ReadLineAsync(TestContext.Current.CancellationToken);
        var ignored = File.ReadLines($"/proc/{server.Id}/status").Single(line => line.StartsWith("SigIgn:", StringComparison.Ordinal));
        server.Kill();

        Assert.NotEqual(0UL, Convert.ToUInt64(ignored["SigIgn:".Length..].Trim(), 16) & (1UL << (25 - 1)));
    }

    [Theory]
    [InlineData("list --json", 0)]
    [InlineData("--help", 0)]
    [InlineData("show 01a20429-473c-7bc0-ae73-b571c6bb5946", 3)]
    [InlineData("list --cwd here", 2)]
    [InlineData("export 01a20429-473c-7bc0-ae73-b571c6bb5946 -f md -o here.md", 3)]
    [InlineData("serve --store memory --listen nonsense", 2)]
    public async Task A_command_works_where_the_current_folder_was_deleted(string line, int code)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "A current folder cannot be deleted here.");
        Fill(1);

        var result = await RunAsync($"mkdir '{_folder}/gone' && cd '{_folder}/gone' && rmdir '{_folder}/gone' && exec", line);

        Assert.True(result.Code == code, result.Words);
        Assert.DoesNotContain("Exception", result.Words, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_starts_where_the_current_folder_was_deleted()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "A current folder cannot be deleted here.");
        using var server = Start(
            new ProcessStartInfo(
                "sh",
                [
                    "-c",
                    $"mkdir '{_folder}/gone' && cd '{_folder}/gone' && rmdir '{_folder}/gone' && exec dotnet '{Path.Combine(AppContext.BaseDirectory, "Spool.Cli.dll")}' serve --store memory --listen http://127.0.0.1:0",
                ]
            )
        );

        var line = await server.StandardError.ReadLineAsync(TestContext.Current.CancellationToken);
        server.Kill();

        Assert.StartsWith("listening on http://127.0.0.1:", line, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("--home /nowhere", "--home")]
    [InlineData("--cache /nowhere", "--cache")]
    [InlineData("--cache /nowhere --home /nowhere", "--home --cache")]
    public async Task A_server_of_threads_in_memory_says_which_options_it_does_not_use(string options, string unused)
    {
        using var server = Start(
            new ProcessStartInfo(
                "dotnet",
                [
                    Path.Combine(AppContext.BaseDirectory, "Spool.Cli.dll"),
                    "serve",
                    "--store",
                    "memory",
                    "--listen",
                    "http://127.0.0.1:0",
                    .. options.Split(' ', StringSplitOptions.RemoveEmptyEntries),
                ]
            )
        );

        Assert.StartsWith(
            "listening on http://127.0.0.1:",
            await server.StandardError.ReadLineAsync(TestContext.Current.CancellationToken),
            StringComparison.Ordinal
        );
        Assert.Equal(
            "serving threads in memory; they end with the server",
            await server.StandardError.ReadLineAsync(TestContext.Current.CancellationToken)
        );
        foreach (var option in unused.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            Assert.Equal(
                $"{option} is not used: the threads are in memory",
                await server.StandardError.ReadLineAsync(TestContext.Current.CancellationToken)
            );
        Assert.StartsWith(
            "  with Spool: ",
            await server.StandardError.ReadLineAsync(TestContext.Current.CancellationToken),
            StringComparison.Ordinal
        );
        server.Kill();
    }

    [Theory]
    [InlineData("HOME=/nowhere/ann", "/nowhere/ann/.codex")]
    [InlineData("HOME=", null)]
    [InlineData("-u HOME", null)]
    [InlineData("HOME=relative", "")]
    public async Task Without_an_option_the_home_is_never_in_the_current_folder(string home, string? expected)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "The user's own folder is no variable here.");
        var here = Directory.CreateDirectory(Path.Combine(_folder, "here")).FullName;
        using var process = Start(
            new ProcessStartInfo(
                "sh",
                [
                    "-c",
                    $"cd '{here}' && exec env -u CODEX_HOME -u XDG_CACHE_HOME {home} dotnet '{Path.Combine(AppContext.BaseDirectory, "Spool.Cli.dll")}' list --cache '{Cache}'",
                ]
            )
        );
        var words = await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.Empty(Directory.EnumerateFileSystemEntries(here));
        Assert.DoesNotContain(here, words, StringComparison.Ordinal);
        if (expected is "")
            Assert.StartsWith("error: The user's own folder is not known", words, StringComparison.Ordinal);
        else if (expected is not null)
            Assert.Equal(
                (2, $"error: There is no folder {expected}; name the Codex home with --home or CODEX_HOME.\n"),
                (process.ExitCode, words)
            );
    }

    // In octal, as printf takes it: \377 is a byte that is nowhere in UTF-8, \357\277\275 is U+FFFD.
    [Theory]
    [InlineData("rename {0} \"$(printf 'n\\377ame')\"", 2, "Argument 7 is not UTF-8 text")]
    [InlineData("export {0} --format md -o \"$(printf 'out\\377.md')\"", 2, "Argument 10 is not UTF-8 text")]
    [InlineData("export {0} --format md \"$(printf -- '--output=out\\377.md')\"", 2, "Argument 9 is not UTF-8 text")]
    [InlineData("list --search \"$(printf '\\357\\277\\275')\" --cwd \"$(printf '\\355\\240\\200')\"", 2, "Argument 9 is not UTF-8 text")]
    [InlineData("list --json \"$(printf '\\377')\"", 2, "Argument 7 is not UTF-8 text")]
    [InlineData("rename {0} \"$(printf 'n\\357\\277\\275ame')\"", 0, "is now named \"n\uFFFDame\"")]
    [InlineData("list --search '' --provider \"$(printf '\\357\\277\\275')\"", 0, "")]
    public async Task An_argument_that_is_not_UTF_8_is_refused_and_not_taken_for_another(string line, int code, string said)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "File names are Unicode here.");
        var id = Fill(1)[0];

        var result = await RunAsync($"cd '{_folder}' && exec", string.Format(System.Globalization.CultureInfo.InvariantCulture, line, id));

        Assert.True(result.Code == code, result.Words);
        Assert.Contains(said, result.Words, StringComparison.Ordinal);
        Assert.Equal(
            code == 2 && line.Contains("--json", StringComparison.Ordinal),
            result.Words.Contains("{\"error\":{\"code\":\"invalidRequest\"", StringComparison.Ordinal)
        );
        Assert.DoesNotContain(Directory.EnumerateFiles(_folder), file => file.Contains("out", StringComparison.Ordinal));
        Assert.Equal(
            code == 0 && line.StartsWith("rename", StringComparison.Ordinal),
            File.Exists(Path.Combine(Home, "session_index.jsonl"))
        );
    }

    [Theory]
    [InlineData("SPOOL_TOKEN", "list --remote http://127.0.0.1:1", "SPOOL_TOKEN is not UTF-8 text")]
    [InlineData("SPOOL_TOKENS", "serve --store memory --listen http://127.0.0.1:0", "SPOOL_TOKENS is not UTF-8 text")]
    [InlineData(
        "OTEL_SERVICE_NAME",
        "serve --otlp http://127.0.0.1:1 --store memory --listen http://127.0.0.1:0",
        "OTEL_SERVICE_NAME is not UTF-8 text"
    )]
    [InlineData(
        "OTEL_EXPORTER_OTLP_ENDPOINT",
        "serve --store memory --listen http://127.0.0.1:0",
        "OTEL_EXPORTER_OTLP_ENDPOINT is not UTF-8 text"
    )]
    [InlineData("SPOOL_TOKEN", "list", "")]
    [InlineData("OTEL_SERVICE_NAME", "list", "")]
    public async Task A_setting_of_the_surroundings_that_is_not_UTF_8_is_refused_where_it_is_needed(
        string variable,
        string line,
        string said
    )
    {
        Fill(1);
        var program = Path.Combine(AppContext.BaseDirectory, "Spool.Cli.dll");

        using var process = Start(
            new ProcessStartInfo(
                "sh",
                [
                    "-c",
                    $"export {variable}=\"$(printf 'http://127.0.0.1:1/\\377')\" CODEX_HOME='{Home}' XDG_CACHE_HOME='{_folder}'; exec timeout 20 dotnet '{program}' {line}",
                ]
            )
        );
        var words = await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.Equal(said.Length == 0 ? 0 : 2, process.ExitCode);
        Assert.StartsWith(said.Length == 0 ? "" : $"error: {said}", words, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("export HOME=", "list --cache c", "HOME is not UTF-8 text")]
    [InlineData("export HOME=", "list --home=~/x --cache c", "HOME is not UTF-8 text")]
    [InlineData("export HOME=", "list --home home", "HOME is not UTF-8 text")]
    [InlineData("export CODEX_HOME=", "list --cache c", "CODEX_HOME is not UTF-8 text")]
    [InlineData("export XDG_CACHE_HOME=", "list --home home", "XDG_CACHE_HOME is not UTF-8 text")]
    [InlineData("export CODEX_SQLITE_HOME=", "list --home home --cache c", "CODEX_SQLITE_HOME is not UTF-8 text")]
    [InlineData(
        "cd ",
        "list --home . --cache /nowhere",
        "The path of the current folder is not UTF-8 text, so the relative path . leads nowhere"
    )]
    [InlineData(
        "cd ",
        "list --home /nowhere --cache c",
        "The path of the current folder is not UTF-8 text, so the relative path c leads nowhere"
    )]
    [InlineData(
        "CODEX_HOME=. XDG_CACHE_HOME=/nowhere; export CODEX_HOME XDG_CACHE_HOME; cd ",
        "list",
        "The path of the current folder is not UTF-8 text, so the relative path . leads nowhere"
    )]
    [InlineData("export CODEX_HOME=", "list --home home --cache c", null)]
    [InlineData("export HOME=", "list --home home --cache c", null)]
    public async Task A_folder_of_the_surroundings_that_is_not_UTF_8_is_refused_where_it_is_needed(string before, string line, string? said)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "File names are Unicode here.");
        Fill(1);
        var program = Path.Combine(AppContext.BaseDirectory, "Spool.Cli.dll");
        // The folder whose name is the text that the bytes are taken for is there too.
        var taken = Directory.CreateDirectory(Path.Combine(_folder, "bad\uFFFD")).FullName;
        Directory.CreateDirectory(Path.Combine(taken, ".codex"));

        using var process = Start(
            new ProcessStartInfo(
                "sh",
                [
                    "-c",
                    $"unset CODEX_HOME CODEX_SQLITE_HOME XDG_CACHE_HOME; cd '{_folder}' && bad=\"$PWD/$(printf 'bad\\377')\" && mkdir -p \"$bad/.codex\" && {before}\"$bad\" && exec dotnet '{program}' {line}",
                ]
            )
        );
        var words = await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        await RunAsync($"rm -rf \"{_folder}/$(printf 'bad\\377')\"; exec", "--help");

        Assert.Equal(said is null ? 0 : 2, process.ExitCode);
        Assert.StartsWith(said is null ? "" : $"error: {said}", words, StringComparison.Ordinal);
        Assert.Equal([Path.Combine(taken, ".codex")], Directory.EnumerateFileSystemEntries(taken, "*", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task An_output_that_is_a_link_to_a_name_that_is_not_UTF_8_is_refused()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "File names are Unicode here.");
        var id = Fill(1)[0];
        File.WriteAllText(Path.Combine(_folder, "t\uFFFD"), "typed");

        var refused = await RunAsync(
            $"cd '{_folder}' && echo meant > \"$(printf 't\\377')\" && ln -s \"$(printf 't\\377')\" bad && ln -s \"$(printf 't\\357\\277\\275')\" good && exec",
            $"export {id} --format md --force -o bad"
        );
        Assert.Equal((2, "typed"), (refused.Code, File.ReadAllText(Path.Combine(_folder, "t\uFFFD"))));
        Assert.Contains("it is a link to a name that is not UTF-8 text", refused.Words, StringComparison.Ordinal);

        Assert.Equal(0, (await RunAsync($"cd '{_folder}' && exec", $"export {id} --format md --force -o good")).Code);
        Assert.NotEqual("typed", File.ReadAllText(Path.Combine(_folder, "t\uFFFD")));
        await RunAsync($"rm \"{_folder}/$(printf 't\\377')\"; exec", "--help");
    }

    [Fact]
    public void What_is_written_to_an_output_needs_no_other_thread()
    {
        using var words = StandardOutput.OpenForWords();

        Assert.Same(Task.CompletedTask, words.FlushAsync(TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("INT", 130)]
    [InlineData("TERM", 143)]
    [InlineData("HUP", 129)]
    [InlineData("QUIT", 131)]
    public async Task A_signal_that_ends_an_export_leaves_nothing_of_its_file(string signal, int code)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "There are no signals here.");
        using var export = await BeginExportAsync(before: "");

        var unfinished = Path.GetFileName(Assert.Single(Directory.GetFileSystemEntries(Out)));
        Assert.Matches(@"^\.thread\.md\.spool-[a-z0-9]{8}\.tmp$", unfinished);
        await SignalAsync(export, signal);
        // Of a terminal that is closed both the shell and the system tell.
        if (signal == "HUP")
            await SignalAsync(export, signal);
        await export.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.Equal(code, export.ExitCode);
        Assert.Empty(Directory.GetFileSystemEntries(Out));
    }

    [Fact]
    public async Task A_signal_that_the_caller_had_ignored_stays_ignored()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "There are no signals here.");
        using var export = await BeginExportAsync(before: "trap '' HUP QUIT; ");

        await SignalAsync(export, "HUP");
        await SignalAsync(export, "QUIT");
        await export.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.Equal(0, export.ExitCode);
        Assert.Equal(Path.Combine(Out, "thread.md"), Assert.Single(Directory.GetFileSystemEntries(Out)));
    }

    string Out => Path.Combine(_folder, "out");

    // Gives an export that is under way.
    async Task<Process> BeginExportAsync(string before)
    {
        Directory.CreateDirectory(Out);
        Directory.CreateDirectory(Path.Combine(Home, "sessions"));
        var log = Enumerable
            .Range(0, 5000)
            .Aggregate(RolloutLines.Legacy(SeedIds.Id(1), SeedIds.Epoch), (log, turn) => log.Turn($"question {turn}"));
        await File.WriteAllBytesAsync(
            Path.Combine(Home, $"sessions/rollout-2026-05-01T00-00-00-{SeedIds.Id(1)}.jsonl"),
            log.ToSeed().ToLog(),
            TestContext.Current.CancellationToken
        );
        var words = string.Join(
            ' ',
            Arguments("export", SeedIds.Id(1).ToString(), "--output", Path.Combine(Out, "thread.md"), "--cache", Cache)
        );
        var export = Start(new ProcessStartInfo("sh", ["-c", $"{before}exec dotnet {words}"]));
        while (!export.HasExited && Directory.GetFileSystemEntries(Out).Length == 0)
            await Task.Yield();
        return export;
    }

    static async Task SignalAsync(Process process, string signal)
    {
        using var kill = Process.Start("kill", [$"-{signal}", $"{process.Id}"]);
        await kill.WaitForExitAsync(TestContext.Current.CancellationToken);
    }

    [Theory]
    [InlineData("JST-9", "2026-05-01T09:00:00+09:00")]
    [InlineData("CET-1CEST,M3.5.0,M10.5.0/3", "2026-05-01T02:00:00+02:00")]
    [InlineData("UTC", "2026-05-01T00:00:00Z")]
    [InlineData("Etc/GMT-8", "2026-05-01T08:00:00+08:00")]
    [InlineData("nowhere", "2026-05-01T00:00:00Z")]
    public async Task Times_are_those_of_the_zone_that_TZ_says_in_any_form(string zone, string expected)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "TZ says nothing here.");
        Fill(1);

        var (code, answer, _) = await RunAsync($"TZ='{zone}'", "list");

        Assert.Equal((0, expected), (code, answer.Split('\t')[1]));
    }

    // With a cache of its own each time. A process that hangs is killed, and has no exit code of its own.
    async Task<(int Code, string Answer, string Words)> RunAsync(string before, string line)
    {
        var cache = Path.Combine(_folder, Path.GetRandomFileName());
        using var process = Start(
            new ProcessStartInfo(
                "sh",
                [
                    "-c",
                    $"{before} dotnet '{Path.Combine(AppContext.BaseDirectory, "Spool.Cli.dll")}' --home '{Home}' --cache '{cache}' {line}",
                ]
            )
        );
        using var hung = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        await using var kill = hung.Token.Register(process.Kill);
        var words = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        var answer = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, answer, await words);
    }

    async Task<List<string>> ListAsync()
    {
        using var process = Start("list", "--all", "--limit", "1000", "--json");
        var output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return IdsIn(output);
    }

    static List<string> IdsIn(string page) => [.. JsonNode.Parse(page)!["threads"]!.AsArray().Select(thread => (string)thread!["id"]!)];

    Process Start(params string[] args) => Start(new ProcessStartInfo("dotnet", Arguments([.. args, "--cache", Cache])));

    string[] Arguments(params string[] args) => [Path.Combine(AppContext.BaseDirectory, "Spool.Cli.dll"), "--home", Home, .. args];

    static Process Start(ProcessStartInfo start)
    {
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        start.RedirectStandardInput = true;
        return Process.Start(start)!;
    }

    // The ids of the first thousand, newest first.
    List<string> Fill(int threads)
    {
        Directory.CreateDirectory(Path.Combine(Home, "sessions/2026/05/01"));
        var ids = new List<string>();
        for (var i = 0; i < threads; i++)
        {
            var time = new DateTimeOffset(2026, 5, 1, 0, 0, 0, TimeSpan.Zero).AddSeconds(i);
            var id = Guid.CreateVersion7(time);
            ids.Insert(0, id.ToString());
            var stamp = time.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", System.Globalization.CultureInfo.InvariantCulture);
            File.WriteAllText(
                Path.Combine(Home, $"sessions/2026/05/01/rollout-{stamp[..19].Replace(':', '-')}-{id}.jsonl"),
                $$$"""
                {"timestamp":"{{{stamp}}}","type":"session_meta","payload":{"id":"{{{id}}}","timestamp":"{{{stamp}}}","cwd":"/w","originator":"test","cli_version":"0.128.0","source":"cli","model_provider":"openai"}}
                {"timestamp":"{{{stamp}}}","type":"event_msg","payload":{"type":"user_message","message":"question {{{i}}}","images":[],"local_images":[],"text_elements":[]}}

                """
            );
        }
        return ids[..Math.Min(1000, ids.Count)];
    }
}
