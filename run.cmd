@echo off
rem Starts run.py; keeps the window open when something went wrong.
py "%~dp0run.py" %*
if errorlevel 1 (
  pause
  exit /b 1
)
