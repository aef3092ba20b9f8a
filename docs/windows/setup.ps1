<#
.SYNOPSIS
Sets up WSL 2 with Ubuntu on this computer and installs the Smart City Streaming Lab in it.

.DESCRIPTION
The script skips steps that are already done, so you can run it again after a restart or an error.
It leaves your files alone: it doesn't change an existing .wslconfig, and only updates an existing lab folder.

.PARAMETER Source
Where to get the lab: an address for `git clone`, or the path of a bundle made by `./lab bundle`. With a bundle, the lab
needs no network; WSL and Ubuntu still come from Microsoft, unless they are already installed.

.PARAMETER Distribution
The Linux distribution, named as in `wsl --list --online`.

.PARAMETER MemoryGB
Memory for WSL, written to .wslconfig if you have no such file. The lab needs 4.

.EXAMPLE
powershell -ExecutionPolicy Bypass -File setup.ps1 -Source https://example.org/smartcity-lab.git
#>
[CmdletBinding()]
param(
    [Parameter(Mandatory = $true)]
    [string] $Source,

    [string] $Distribution = 'Ubuntu-24.04',

    [ValidateRange(4, 64)]
    [int] $MemoryGB = 6
)

Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'
$env:WSL_UTF8 = '1' # else wsl.exe answers in UTF-16, which PowerShell reads as text full of zeros

function Stop-Setup([string] $What, [string] $Remedy) {
    Write-Host "setup: $What" -ForegroundColor Red
    Write-Host "Try: $Remedy"
    exit 1
}

# Scripts reach bash through its standard input, because Windows PowerShell drops double quotes in arguments. It adds a
# carriage return at the end of the input, which the comment at the end absorbs.
function Invoke-Bash([string] $Script, [string[]] $Options, [string[]] $Arguments, [string] $What) {
    $text = "main() {`n" + $Script.Replace("`r", '') + "`n}`nmain " + '"$@"' + " </dev/null`nexit`n#"
    $text | & wsl.exe --distribution $Distribution @Options '--' bash -eu -s '--' @Arguments
    if ($LASTEXITCODE -ne 0) {
        Stop-Setup "$What ended with code $LASTEXITCODE." 'Read the lines above, then run this script again.'
    }
}

function Test-Windows {
    $build = [Environment]::OSVersion.Version.Build
    if ($build -lt 19041) {
        Stop-Setup "This is Windows build $build; WSL 2 needs 19041 or newer." 'Update Windows.'
    }
    if (-not (Get-Command wsl.exe -ErrorAction SilentlyContinue)) {
        Stop-Setup 'wsl.exe was not found.' 'Install "Windows Subsystem for Linux" from the Microsoft Store.'
    }
}

function Install-Distribution {
    $known = @(& wsl.exe --list --quiet 2>$null | ForEach-Object { $_.Trim() })
    if ($known -contains $Distribution) {
        Write-Host "$Distribution is already installed."
        return
    }
    Write-Host "Installing $Distribution. Choose a user name and a password when asked, then type exit."
    & wsl.exe --install --distribution $Distribution
    if ($LASTEXITCODE -ne 0) {
        Stop-Setup "wsl --install ended with code $LASTEXITCODE." `
            'Restart Windows (the first installation needs it), check that virtualization is on in the BIOS, and run this again.'
    }
}

function Set-Memory {
    $config = Join-Path $env:USERPROFILE '.wslconfig'
    if (Test-Path $config) {
        Write-Host "$config already exists and stays unchanged. The lab needs memory=4GB or more in it."
        return
    }
    Set-Content -Path $config -Encoding ascii -Value "[wsl2]`nmemory=${MemoryGB}GB"
    & wsl.exe --shutdown # it reads the file when it starts again
}

function Install-Needs {
    Invoke-Bash @'
if command -v git >/dev/null && python3 -c 'import venv, ensurepip' 2>/dev/null; then
  echo "Python and git are already installed."
else
  apt-get update
  apt-get install --yes git python3 python3-venv
fi
'@ @('--user', 'root') @() 'Installing Python and git'
}

function Install-Lab {
    $from = $Source
    if (Test-Path $Source) {
        $windows = (Resolve-Path $Source).Path.Replace('\', '/')
        $from = (& wsl.exe --distribution $Distribution '--' wslpath -a $windows).Trim()
    }
    # The folder is in Linux's own file system. On /mnt/c everything would be many times slower.
    Invoke-Bash @'
case "$1" in
  *.tar)
    if [ ! -d smartcity-lab ]; then tar xf "$1" smartcity-lab; fi
    cd smartcity-lab
    ./lab install --offline-bundle "$1" ;;
  *)
    if [ -d smartcity-lab ]; then git -C smartcity-lab pull --ff-only; else git clone "$1" smartcity-lab; fi
    cd smartcity-lab
    ./lab install ;;
esac
./lab doctor
'@ @('--cd', '~') @($from) 'Installing the lab'
}

Test-Windows
Install-Distribution
Set-Memory
Install-Needs
Install-Lab
Write-Host ''
Write-Host 'Done. Open "Ubuntu" in the start menu, then:'
Write-Host '  cd smartcity-lab && ./lab notebook'
