using System.Diagnostics;
using System.Globalization;
using Spool.MockModel;

// Spool.MockModel PORT FOLDER COMMAND [ARGUMENT]…
// Answers as the model on 127.0.0.1:PORT while COMMAND runs on the same standard input and output. FOLDER/requests.jsonl takes what the
// model was asked, FOLDER/pid the process id of COMMAND.
// Spool.MockModel --wire PORT TARGET
// Stands between clients of 127.0.0.1:PORT and the server on 127.0.0.1:TARGET, and does what its standard input says.
if (args is ["--wire", var listen, var target])
{
    await new Wire(int.Parse(listen, CultureInfo.InvariantCulture), int.Parse(target, CultureInfo.InvariantCulture)).RunAsync();
    return 0;
}
if (args.Length < 3)
{
    await Console.Error.WriteLineAsync("usage: Spool.MockModel PORT FOLDER COMMAND [ARGUMENT]… | --wire PORT TARGET");
    return 2;
}

var folder = args[1];
using var model = ModelServer.Start(int.Parse(args[0], CultureInfo.InvariantCulture), Path.Combine(folder, "requests.jsonl"));
using var process = Process.Start(new ProcessStartInfo(args[2], args[3..]) { UseShellExecute = false })!;
File.WriteAllText(Path.Combine(folder, "pid"), process.Id.ToString(CultureInfo.InvariantCulture));
await process.WaitForExitAsync();
return process.ExitCode;
